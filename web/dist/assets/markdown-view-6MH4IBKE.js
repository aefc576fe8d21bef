import{a}from"./chunk-QHUSR22K.js";import"./chunk-UTU6GHU4.js";export{a as MarkdownView};
