import"./chunk-SZTLZA3D.js";
