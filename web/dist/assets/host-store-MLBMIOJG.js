import{a}from"./chunk-RUY477KM.js";import"./chunk-L4S66ONC.js";export{a as IndexedHostStore};
