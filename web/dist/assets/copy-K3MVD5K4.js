import{a}from"./chunk-EP6G5DM3.js";import"./chunk-5N6SGKE2.js";export{a as copyText};
