import{a}from"./chunk-EP6G5DM3.js";import"./chunk-TYTBB7XK.js";export{a as copyText};
