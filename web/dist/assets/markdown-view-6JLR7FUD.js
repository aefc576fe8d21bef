import{a}from"./chunk-WOYWLQQQ.js";import"./chunk-RAND4UA3.js";export{a as MarkdownView};
