import"./chunk-NGSCQAKI.js";
