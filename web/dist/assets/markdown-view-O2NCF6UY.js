import{a}from"./chunk-MOPO74Z4.js";import"./chunk-OUUDLWKJ.js";export{a as MarkdownView};
