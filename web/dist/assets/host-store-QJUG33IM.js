import{a}from"./chunk-RUY477KM.js";import"./chunk-GTO2ICLV.js";export{a as IndexedHostStore};
