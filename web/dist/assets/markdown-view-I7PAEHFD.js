import{a}from"./chunk-SCJRKKUL.js";import"./chunk-IGNW24ZG.js";export{a as MarkdownView};
