import"./chunk-IOV776E4.js";import"./chunk-O2XFH626.js";
