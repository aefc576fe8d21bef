import{a}from"./chunk-SKFVY6YX.js";import"./chunk-R222ELF5.js";import"./chunk-O2XFH626.js";export{a as MarkdownView};
