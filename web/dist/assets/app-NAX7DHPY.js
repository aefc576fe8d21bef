import"./chunk-A7UPALIZ.js";
