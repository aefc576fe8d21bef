import{a}from"./chunk-AC6YRRFA.js";export{a as copyText};
