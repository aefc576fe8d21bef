import{a}from"./chunk-CN2N5RCS.js";import"./chunk-JLJC4COQ.js";export{a as MarkdownView};
