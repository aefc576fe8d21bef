import{i as o}from"./chunk-5N6SGKE2.js";var t={...o};export{t as zh};
