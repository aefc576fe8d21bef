import{a}from"./chunk-L4B6H55P.js";import"./chunk-XIDD53VU.js";export{a as MarkdownView};
