import"./chunk-PM4EBVQC.js";
