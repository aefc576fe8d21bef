import{a}from"./chunk-2KKZJE6S.js";import"./chunk-PV5OHIF4.js";export{a as MarkdownView};
