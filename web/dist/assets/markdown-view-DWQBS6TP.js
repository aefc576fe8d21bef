import{a}from"./chunk-VK7ROKB2.js";import"./chunk-FEYYK2A4.js";import"./chunk-O2XFH626.js";export{a as MarkdownView};
