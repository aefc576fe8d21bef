import{a}from"./chunk-EP6G5DM3.js";import"./chunk-YKTCO6GX.js";export{a as copyText};
