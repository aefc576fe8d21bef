import{a}from"./chunk-VN3O4RUK.js";import"./chunk-VMXKTZ5A.js";export{a as MarkdownView};
