import{a}from"./chunk-EOBMG7QX.js";import"./chunk-GTO2ICLV.js";export{a as MarkdownView};
