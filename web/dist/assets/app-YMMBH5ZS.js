import"./chunk-465PNN45.js";
