import"./chunk-KSR3MBO4.js";
