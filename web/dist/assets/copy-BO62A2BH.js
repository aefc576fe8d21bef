import{a}from"./chunk-EP6G5DM3.js";import"./chunk-SZTLZA3D.js";export{a as copyText};
