import{a}from"./chunk-RUY477KM.js";import"./chunk-PM4EBVQC.js";export{a as IndexedHostStore};
