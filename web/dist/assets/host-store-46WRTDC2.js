import{a}from"./chunk-RUY477KM.js";import"./chunk-PMLYGV3B.js";export{a as IndexedHostStore};
