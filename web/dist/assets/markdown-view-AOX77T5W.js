import{a}from"./chunk-EJ7Q3JF2.js";import"./chunk-L4S66ONC.js";export{a as MarkdownView};
