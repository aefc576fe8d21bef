import"./chunk-TYTBB7XK.js";
