import{a}from"./chunk-EP6G5DM3.js";import"./chunk-VMXKTZ5A.js";export{a as copyText};
