import{a}from"./chunk-RUY477KM.js";import"./chunk-RAND4UA3.js";export{a as IndexedHostStore};
