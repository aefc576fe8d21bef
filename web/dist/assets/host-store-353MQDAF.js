import{a}from"./chunk-RUY477KM.js";import"./chunk-VMXKTZ5A.js";export{a as IndexedHostStore};
