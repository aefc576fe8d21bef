import{a}from"./chunk-EP6G5DM3.js";import"./chunk-UX3Z7LIW.js";export{a as copyText};
