import"./chunk-R222ELF5.js";import"./chunk-O2XFH626.js";
