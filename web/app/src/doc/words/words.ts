import { currentLanguage } from '../../words/words.ts'
import { en, type DocumentKey, type DocumentWords } from './en.ts'

const OTHERS: Record<string, () => Promise<DocumentWords>> = {
  de: async () => (await import('./de.ts')).de,
  fr: async () => (await import('./fr.ts')).fr,
  es: async () => (await import('./es.ts')).es,
  pt: async () => (await import('./pt.ts')).pt,
  ja: async () => (await import('./ja.ts')).ja,
  zh: async () => (await import('./zh.ts')).zh,
  ar: async () => (await import('./ar.ts')).ar,
}

let words: DocumentWords = en

/** A text of the document page in the language of the page. */
export const d = (key: DocumentKey): string => words[key]

export async function loadDocumentWords(): Promise<void> {
  try {
    words = (await OTHERS[currentLanguage()]?.()) || en
  } catch {
    words = en // the hub went away in between
  }
}
