import{a}from"./chunk-RUY477KM.js";import"./chunk-YDT7QYOG.js";export{a as IndexedHostStore};
