import{a}from"./chunk-RUY477KM.js";import"./chunk-UX3Z7LIW.js";export{a as IndexedHostStore};
