import"./chunk-JR5FCY6I.js";import"./chunk-O2XFH626.js";
