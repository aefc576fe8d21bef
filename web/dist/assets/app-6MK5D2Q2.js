import"./chunk-77ZBG43M.js";import"./chunk-O2XFH626.js";
