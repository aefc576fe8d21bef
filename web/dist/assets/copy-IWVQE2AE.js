import{a}from"./chunk-EP6G5DM3.js";import"./chunk-XVPTMSYR.js";export{a as copyText};
