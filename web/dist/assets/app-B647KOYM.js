import"./chunk-FEYYK2A4.js";import"./chunk-O2XFH626.js";
