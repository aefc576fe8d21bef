import{a}from"./chunk-EP6G5DM3.js";import"./chunk-GTO2ICLV.js";export{a as copyText};
