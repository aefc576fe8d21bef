import"./chunk-OUUDLWKJ.js";
