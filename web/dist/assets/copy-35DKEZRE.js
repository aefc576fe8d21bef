import{a}from"./chunk-EP6G5DM3.js";import"./chunk-YDT7QYOG.js";export{a as copyText};
