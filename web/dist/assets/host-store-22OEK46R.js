import{a}from"./chunk-SKX363R3.js";import"./chunk-A7UPALIZ.js";export{a as IndexedHostStore};
