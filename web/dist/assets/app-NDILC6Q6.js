import"./chunk-GTO2ICLV.js";
