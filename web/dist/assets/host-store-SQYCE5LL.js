import{a}from"./chunk-RUY477KM.js";import"./chunk-YKTCO6GX.js";export{a as IndexedHostStore};
