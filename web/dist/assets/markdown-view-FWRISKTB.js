import{a}from"./chunk-X6NAMXNL.js";import"./chunk-NGSCQAKI.js";export{a as MarkdownView};
