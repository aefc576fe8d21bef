import"./chunk-PV5OHIF4.js";
