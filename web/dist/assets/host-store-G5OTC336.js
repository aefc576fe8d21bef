import{a}from"./chunk-RUY477KM.js";import"./chunk-TYTBB7XK.js";export{a as IndexedHostStore};
