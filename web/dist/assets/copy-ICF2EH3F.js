import{a}from"./chunk-EP6G5DM3.js";import"./chunk-PM4EBVQC.js";export{a as copyText};
