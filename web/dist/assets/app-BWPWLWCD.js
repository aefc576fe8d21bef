import"./chunk-UX3Z7LIW.js";
