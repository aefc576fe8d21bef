import{a}from"./chunk-EP6G5DM3.js";import"./chunk-ONOQYWDK.js";import"./chunk-O2XFH626.js";export{a as copyText};
