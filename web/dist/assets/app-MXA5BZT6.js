import"./chunk-5N6SGKE2.js";
