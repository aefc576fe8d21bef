import{a}from"./chunk-VOKUMLXV.js";import"./chunk-ONOQYWDK.js";import"./chunk-O2XFH626.js";export{a as MarkdownView};
