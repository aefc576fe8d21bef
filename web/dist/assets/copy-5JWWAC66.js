import{a}from"./chunk-EP6G5DM3.js";import"./chunk-IGNW24ZG.js";export{a as copyText};
