const STYLE = `body{font:16px/1.6 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#1d2126;background:#fbfaf7}pre{font:14px/1.5 ui-monospace,monospace;background:#f3f0e8;padding:.8rem;border-radius:8px;overflow-x:auto;white-space:pre-wrap}table{border-collapse:collapse}td,th{border:1px solid #d5d0c4;padding:.3rem .6rem}blockquote{margin:0;padding-left:1rem;border-left:3px solid #d5d0c4}.log:not(.md){font:14px/1.55 ui-monospace,monospace;white-space:pre-wrap}@media(prefers-color-scheme:dark){body{color:#e6e4df;background:#14161a}pre{background:#20242a}}`

/** A page of its own, without scripts and without anything that loads from elsewhere. */
export function exportHtml(title: string, text: HTMLElement): string {
  const copy = text.cloneNode(true) as HTMLElement
  copy.querySelectorAll('.copy, .note').forEach((node) => node.remove())
  const head = document.createElement('div')
  head.textContent = title
  const name = head.innerHTML // read, never written: this is how a browser escapes text
  return `<!doctype html>\n<html>\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">\n<title>${name}</title>\n<style>${STYLE}</style>\n</head>\n<body>\n<h1>${name}</h1>\n${copy.outerHTML}\n</body>\n</html>\n`
}

export function download(text: string, type: string, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }))
  link.download = name.replace(/[\\/:*?"<>|\u0000-\u001f]+/g, '-').slice(0, 80)
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 1_000)
}
