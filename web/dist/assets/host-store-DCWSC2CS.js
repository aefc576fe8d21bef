import{a}from"./chunk-SKX363R3.js";import"./chunk-NGSCQAKI.js";export{a as IndexedHostStore};
