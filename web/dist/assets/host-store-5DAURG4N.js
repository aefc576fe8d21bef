import{a}from"./chunk-SKX363R3.js";import"./chunk-AUGVQZYD.js";import"./chunk-JLJC4COQ.js";export{a as IndexedHostStore};
