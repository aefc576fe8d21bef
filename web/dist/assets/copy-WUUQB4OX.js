import{a}from"./chunk-EP6G5DM3.js";import"./chunk-RAND4UA3.js";export{a as copyText};
