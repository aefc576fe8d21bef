import{a}from"./chunk-SYD4I4KD.js";import"./chunk-72AJTX2Q.js";import"./chunk-O2XFH626.js";export{a as MarkdownView};
