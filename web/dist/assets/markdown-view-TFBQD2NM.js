import{a}from"./chunk-Y7QMJ6NK.js";import"./chunk-UX3Z7LIW.js";export{a as MarkdownView};
