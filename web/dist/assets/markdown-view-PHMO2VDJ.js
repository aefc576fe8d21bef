import{a}from"./chunk-IE53ZLNC.js";import"./chunk-ARWAKWLE.js";import"./chunk-O2XFH626.js";export{a as MarkdownView};
