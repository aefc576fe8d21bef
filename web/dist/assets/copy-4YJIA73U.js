import{a}from"./chunk-EP6G5DM3.js";import"./chunk-DGB4UXYF.js";import"./chunk-5FKJ32TM.js";export{a as copyText};
