import{a}from"./chunk-EP6G5DM3.js";import"./chunk-L4S66ONC.js";export{a as copyText};
