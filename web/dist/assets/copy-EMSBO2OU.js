import{a}from"./chunk-EP6G5DM3.js";import"./chunk-PMLYGV3B.js";export{a as copyText};
