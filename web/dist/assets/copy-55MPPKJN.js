import{a}from"./chunk-EP6G5DM3.js";import"./chunk-QPD7SFAR.js";export{a as copyText};
