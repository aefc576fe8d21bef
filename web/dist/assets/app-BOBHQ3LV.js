import"./chunk-XVPTMSYR.js";
