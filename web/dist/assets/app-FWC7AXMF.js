import"./chunk-VMXKTZ5A.js";
