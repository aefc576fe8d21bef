import{a}from"./chunk-IT5TZX25.js";import"./chunk-KSR3MBO4.js";export{a as MarkdownView};
