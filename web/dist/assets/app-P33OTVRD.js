import"./chunk-L4S66ONC.js";
