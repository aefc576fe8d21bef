import{a}from"./chunk-RUY477KM.js";import"./chunk-UTU6GHU4.js";export{a as IndexedHostStore};
