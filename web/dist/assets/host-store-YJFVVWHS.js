import{a}from"./chunk-LMBQPB7A.js";import"./chunk-CCYHKPYX.js";import"./chunk-O2XFH626.js";export{a as IndexedHostStore};
