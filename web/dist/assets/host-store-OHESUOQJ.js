import{a}from"./chunk-VOKS6HFB.js";import"./chunk-T7BSPRBN.js";import"./chunk-O2XFH626.js";export{a as IndexedHostStore};
