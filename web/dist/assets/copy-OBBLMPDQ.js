import{a}from"./chunk-EP6G5DM3.js";import"./chunk-7HJ5QA5G.js";import"./chunk-O2XFH626.js";export{a as copyText};
