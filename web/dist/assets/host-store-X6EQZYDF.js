import{a}from"./chunk-RUY477KM.js";import"./chunk-SZTLZA3D.js";export{a as IndexedHostStore};
