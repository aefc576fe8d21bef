import{a}from"./chunk-2JMSYPDC.js";import"./chunk-YDT7QYOG.js";export{a as MarkdownView};
