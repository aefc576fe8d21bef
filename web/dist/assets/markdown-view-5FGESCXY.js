import{a}from"./chunk-S2KNAU6C.js";import"./chunk-5WXU7HYC.js";import"./chunk-O2XFH626.js";export{a as MarkdownView};
