import"./chunk-PMLYGV3B.js";
