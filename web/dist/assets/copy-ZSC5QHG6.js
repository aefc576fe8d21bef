import{a}from"./chunk-EP6G5DM3.js";import"./chunk-PV5OHIF4.js";export{a as copyText};
