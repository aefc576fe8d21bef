import{a}from"./chunk-SKX363R3.js";import"./chunk-5N6SGKE2.js";export{a as IndexedHostStore};
