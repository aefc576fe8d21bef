import{U as m,Z as o,l as i}from"./chunk-ONOQYWDK.js";import"./chunk-O2XFH626.js";var x="body{font:16px/1.6 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#1d2126;background:#fbfaf7}pre{font:14px/1.5 ui-monospace,monospace;background:#f3f0e8;padding:.8rem;border-radius:8px;overflow-x:auto;white-space:pre-wrap}table{border-collapse:collapse}td,th{border:1px solid #d5d0c4;padding:.3rem .6rem}blockquote{margin:0;padding-left:1rem;border-left:3px solid #d5d0c4}.log:not(.md){font:14px/1.55 ui-monospace,monospace;white-space:pre-wrap}@media(prefers-color-scheme:dark){body{color:#e6e4df;background:#14161a}pre{background:#20242a}}";function p(r,e){let n=e.cloneNode(!0);n.querySelectorAll(".copy, .note").forEach(c=>c.remove());let t=document.createElement("div");t.textContent=r;let a=t.innerHTML;return`<!doctype html>
<html>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${a}</title>
<style>${x}</style>
</head>
<body>
<h1>${a}</h1>
${n.outerHTML}
</body>
</html>
`}function s(r,e,n){let t=document.createElement("a");t.href=URL.createObjectURL(new Blob([r],{type:`${e};charset=utf-8`})),t.download=n.replace(/[\\/:*?"<>|\u0000-\u001f]+/g,"-").slice(0,80),t.click(),setTimeout(()=>URL.revokeObjectURL(t.href),1e3)}function k(r){let e=i("details",{class:"menu"},i("summary",{class:"button"},o("save"))),n=i("div",{class:"items"});return e.append(n),e.addEventListener("toggle",()=>{if(!e.open)return;n.textContent="";let{title:t,text:a,root:c,isMarkdown:u}=r(),d=t||o("untitled"),l=(f,h)=>m(f,()=>{e.open=!1,h()});n.append(u?l(o("saveMarkdown"),()=>s(a,"text/markdown",`${d}.md`)):l(o("saveText"),()=>s(a,"text/plain",`${d}.txt`)),l(o("saveHtml"),()=>s(p(d,c),"text/html",`${d}.html`)))}),e.addEventListener("keydown",t=>{t.key==="Escape"&&(e.open=!1)}),e}export{k as saveMenu};
