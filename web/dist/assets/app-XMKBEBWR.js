import"./chunk-YTC3T6C3.js";import"./chunk-O2XFH626.js";
