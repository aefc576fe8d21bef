import{a}from"./chunk-RUY477KM.js";import"./chunk-465PNN45.js";export{a as IndexedHostStore};
