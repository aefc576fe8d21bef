import{a}from"./chunk-QDRM4MVA.js";import"./chunk-T7BSPRBN.js";import"./chunk-O2XFH626.js";export{a as MarkdownView};
