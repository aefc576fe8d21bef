import"./chunk-AUGVQZYD.js";import"./chunk-JLJC4COQ.js";
