import{a}from"./chunk-RUY477KM.js";import"./chunk-JR5FCY6I.js";import"./chunk-O2XFH626.js";export{a as IndexedHostStore};
