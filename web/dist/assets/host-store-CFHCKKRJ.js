import{a}from"./chunk-WMQIISTX.js";import"./chunk-5WXU7HYC.js";import"./chunk-O2XFH626.js";export{a as IndexedHostStore};
