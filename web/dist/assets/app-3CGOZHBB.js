import"./chunk-ARWAKWLE.js";import"./chunk-O2XFH626.js";
