import{a}from"./chunk-LTB2KBTV.js";import"./chunk-MQZLDC2T.js";import"./chunk-O2XFH626.js";export{a as MarkdownView};
