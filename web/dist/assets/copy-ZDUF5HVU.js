import{a}from"./chunk-EP6G5DM3.js";import"./chunk-OUUDLWKJ.js";export{a as copyText};
