import"./chunk-IH3SNIN6.js";import"./chunk-O2XFH626.js";
