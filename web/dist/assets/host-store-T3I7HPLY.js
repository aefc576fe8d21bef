import{a}from"./chunk-RUY477KM.js";import"./chunk-XIDD53VU.js";export{a as IndexedHostStore};
