import{a}from"./chunk-J6REJRMI.js";import"./chunk-XVPTMSYR.js";export{a as MarkdownView};
