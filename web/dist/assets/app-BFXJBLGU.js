import"./chunk-ONOQYWDK.js";import"./chunk-O2XFH626.js";
