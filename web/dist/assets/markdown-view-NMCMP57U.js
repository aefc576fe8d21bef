import{a}from"./chunk-YN6X2RUK.js";import"./chunk-QPD7SFAR.js";export{a as MarkdownView};
