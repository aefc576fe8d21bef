import{a}from"./chunk-RUY477KM.js";import"./chunk-PV5OHIF4.js";export{a as IndexedHostStore};
