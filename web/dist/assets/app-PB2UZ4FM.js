import"./chunk-BXOAF4VY.js";
