import{a}from"./chunk-ZSINEEFM.js";import"./chunk-PM4EBVQC.js";export{a as MarkdownView};
