import{a}from"./chunk-EP6G5DM3.js";import"./chunk-XIDD53VU.js";export{a as copyText};
