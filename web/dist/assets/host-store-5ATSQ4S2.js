import{a}from"./chunk-RUY477KM.js";import"./chunk-IGNW24ZG.js";export{a as IndexedHostStore};
