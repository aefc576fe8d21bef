import"./chunk-DGB4UXYF.js";import"./chunk-5FKJ32TM.js";
