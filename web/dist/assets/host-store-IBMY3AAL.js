import{a}from"./chunk-RUY477KM.js";import"./chunk-72AJTX2Q.js";import"./chunk-O2XFH626.js";export{a as IndexedHostStore};
