import{a}from"./chunk-MVFAAVOU.js";import"./chunk-IH3SNIN6.js";import"./chunk-O2XFH626.js";export{a as IndexedHostStore};
