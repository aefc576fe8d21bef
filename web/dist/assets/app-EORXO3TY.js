import"./chunk-MQZLDC2T.js";import"./chunk-O2XFH626.js";
