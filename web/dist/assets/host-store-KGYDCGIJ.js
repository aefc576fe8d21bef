import{a}from"./chunk-SKX363R3.js";import"./chunk-KSR3MBO4.js";export{a as IndexedHostStore};
