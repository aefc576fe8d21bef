import{a}from"./chunk-GXFZEHBU.js";import"./chunk-3ALJDF6R.js";import"./chunk-O2XFH626.js";export{a as IndexedHostStore};
