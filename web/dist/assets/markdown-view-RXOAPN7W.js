import{a}from"./chunk-ESD5UVGA.js";import"./chunk-5FKJ32TM.js";export{a as MarkdownView};
