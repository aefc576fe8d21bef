import"./chunk-DGB4UXYF.js";import{c as o}from"./chunk-5FKJ32TM.js";var t={...o};export{t as ja};
