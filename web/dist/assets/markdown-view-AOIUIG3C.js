import{a}from"./chunk-5XRZMAZC.js";import"./chunk-SZTLZA3D.js";export{a as MarkdownView};
