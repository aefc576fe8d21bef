import"./chunk-IGNW24ZG.js";
