import{a}from"./chunk-RUY477KM.js";import"./chunk-BXOAF4VY.js";export{a as IndexedHostStore};
