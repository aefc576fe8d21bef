import{a}from"./chunk-RUY477KM.js";import"./chunk-OUUDLWKJ.js";export{a as IndexedHostStore};
