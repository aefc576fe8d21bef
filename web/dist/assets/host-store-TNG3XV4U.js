import{a}from"./chunk-RUY477KM.js";import"./chunk-QPD7SFAR.js";export{a as IndexedHostStore};
