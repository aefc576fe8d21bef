import{a}from"./chunk-7GSB3VB3.js";import"./chunk-ONOQYWDK.js";import"./chunk-O2XFH626.js";export{a as IndexedHostStore};
