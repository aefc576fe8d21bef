import"./chunk-72AJTX2Q.js";import"./chunk-O2XFH626.js";
