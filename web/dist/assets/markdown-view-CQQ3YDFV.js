import{a}from"./chunk-FGWU6YBB.js";import"./chunk-JR5FCY6I.js";import"./chunk-O2XFH626.js";export{a as MarkdownView};
