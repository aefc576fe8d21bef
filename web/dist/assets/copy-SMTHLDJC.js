import{a}from"./chunk-EP6G5DM3.js";import"./chunk-465PNN45.js";export{a as copyText};
