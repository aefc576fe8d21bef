import{a}from"./chunk-EP6G5DM3.js";import"./chunk-UTU6GHU4.js";export{a as copyText};
