import"./chunk-XIDD53VU.js";
