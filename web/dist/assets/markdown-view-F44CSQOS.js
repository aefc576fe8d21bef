import{a}from"./chunk-KY7KDZP5.js";import"./chunk-IOV776E4.js";import"./chunk-O2XFH626.js";export{a as MarkdownView};
