import{a}from"./chunk-ZNMMCQCV.js";import"./chunk-IH3SNIN6.js";import"./chunk-O2XFH626.js";export{a as MarkdownView};
