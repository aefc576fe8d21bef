import{a}from"./chunk-UAQ6IUM2.js";import"./chunk-5N6SGKE2.js";export{a as MarkdownView};
