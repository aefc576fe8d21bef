import"./chunk-UTU6GHU4.js";
