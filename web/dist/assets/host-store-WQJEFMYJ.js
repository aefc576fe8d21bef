import{a}from"./chunk-RUY477KM.js";import"./chunk-7HJ5QA5G.js";import"./chunk-O2XFH626.js";export{a as IndexedHostStore};
