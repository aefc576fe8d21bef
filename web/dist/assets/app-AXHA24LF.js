import"./chunk-YDT7QYOG.js";
