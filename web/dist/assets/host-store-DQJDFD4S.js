import{a}from"./chunk-RUY477KM.js";import"./chunk-R222ELF5.js";import"./chunk-O2XFH626.js";export{a as IndexedHostStore};
