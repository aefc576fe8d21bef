import"./chunk-T7BSPRBN.js";import"./chunk-O2XFH626.js";
