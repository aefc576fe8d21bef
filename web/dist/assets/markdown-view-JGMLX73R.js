import{a}from"./chunk-I3ON4H5G.js";import"./chunk-465PNN45.js";export{a as MarkdownView};
