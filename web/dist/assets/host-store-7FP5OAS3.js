import{a}from"./chunk-RUY477KM.js";import"./chunk-77ZBG43M.js";import"./chunk-O2XFH626.js";export{a as IndexedHostStore};
