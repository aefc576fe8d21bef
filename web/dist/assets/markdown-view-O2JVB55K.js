import{a}from"./chunk-K5FZ3C5F.js";import"./chunk-PMLYGV3B.js";export{a as MarkdownView};
