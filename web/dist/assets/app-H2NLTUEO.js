import"./chunk-QPD7SFAR.js";
