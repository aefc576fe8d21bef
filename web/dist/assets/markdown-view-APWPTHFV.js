import{a}from"./chunk-7T45IDWH.js";import"./chunk-77ZBG43M.js";import"./chunk-O2XFH626.js";export{a as MarkdownView};
