import{a}from"./chunk-BYMMIPAD.js";import"./chunk-TYTBB7XK.js";export{a as MarkdownView};
