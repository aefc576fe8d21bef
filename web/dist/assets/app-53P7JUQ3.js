import"./chunk-AZX2FIMI.js";import"./chunk-O2XFH626.js";
