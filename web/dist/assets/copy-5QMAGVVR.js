import{a}from"./chunk-EP6G5DM3.js";import"./chunk-BXOAF4VY.js";export{a as copyText};
