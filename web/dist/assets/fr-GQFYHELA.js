import{i as o}from"./chunk-A7UPALIZ.js";var t={...o};export{t as fr};
