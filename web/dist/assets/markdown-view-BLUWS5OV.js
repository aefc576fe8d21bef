import{a}from"./chunk-RSAHPRUD.js";import"./chunk-AZX2FIMI.js";import"./chunk-O2XFH626.js";export{a as MarkdownView};
