import"./chunk-RAND4UA3.js";
