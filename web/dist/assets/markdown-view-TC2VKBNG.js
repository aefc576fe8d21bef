import{a}from"./chunk-OZKINXPR.js";import"./chunk-CCYHKPYX.js";import"./chunk-O2XFH626.js";export{a as MarkdownView};
