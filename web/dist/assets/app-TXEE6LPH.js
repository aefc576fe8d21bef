import"./chunk-CCYHKPYX.js";import"./chunk-O2XFH626.js";
