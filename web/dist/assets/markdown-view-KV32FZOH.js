import{a}from"./chunk-WRC6JURY.js";import"./chunk-BXOAF4VY.js";export{a as MarkdownView};
