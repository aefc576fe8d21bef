/** Copies text. Plain http has no clipboard, but the old way of a selection works there. */
export async function copyText(text: string): Promise<boolean> {
  try {
    if (navigator.clipboard) {
      await navigator.clipboard.writeText(text)
      return true
    }
  } catch {
    // Refused: the old way is asked next.
  }
  const field = document.createElement('textarea')
  field.value = text
  field.className = 'spoken'
  document.body.append(field)
  field.select()
  const ok = document.execCommand('copy')
  field.remove()
  return ok
}
