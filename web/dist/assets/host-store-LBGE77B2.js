import{a}from"./chunk-RUY477KM.js";import"./chunk-XVPTMSYR.js";export{a as IndexedHostStore};
