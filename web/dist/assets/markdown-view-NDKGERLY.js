import{a}from"./chunk-4P7RCBQO.js";import"./chunk-YKTCO6GX.js";export{a as MarkdownView};
