import"./chunk-YKTCO6GX.js";
