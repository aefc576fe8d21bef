import{i as o}from"./chunk-KSR3MBO4.js";var t={...o};export{t as ar};
