import{a}from"./chunk-PAEP44F2.js";import"./chunk-A7UPALIZ.js";export{a as MarkdownView};
