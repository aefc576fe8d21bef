import{a}from"./chunk-SKX363R3.js";import"./chunk-DGB4UXYF.js";import"./chunk-5FKJ32TM.js";export{a as IndexedHostStore};
