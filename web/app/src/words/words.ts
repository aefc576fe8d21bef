import { en, type Key, type Words } from './en.ts'

/** The languages of the page, each a chunk of its own. */
export const LANGUAGES: Record<string, { name: string; load: () => Promise<Words> }> = {
  en: { name: 'English', load: async () => en as Words },
  de: { name: 'Deutsch', load: async () => (await import('./de.ts')).de },
  fr: { name: 'Français', load: async () => (await import('./fr.ts')).fr },
  es: { name: 'Español', load: async () => (await import('./es.ts')).es },
  pt: { name: 'Português', load: async () => (await import('./pt.ts')).pt },
  ja: { name: '日本語', load: async () => (await import('./ja.ts')).ja },
  zh: { name: '中文', load: async () => (await import('./zh.ts')).zh },
  ar: { name: 'العربية', load: async () => (await import('./ar.ts')).ar },
}

const CHOICE = 'roost-language'
let words = en as Words
let language = 'en'

export const currentLanguage = (): string => language

/** A text in the language of the page; `{name}` is replaced by the value of that name. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  return words[key].replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole))
}

/** Words of a part of the page that is loaded when it is wanted; those of the chosen language stay. */
export function addWords(more: Partial<Words>): void {
  words = { ...more, ...words }
}

/** One or many, as the language counts. */
export function count(key: 'newLines' | 'words' | 'behind', n: number): string {
  const form = new Intl.PluralRules(language).select(n) === 'one' ? 'one' : 'other'
  return t(`${key}.${form}`, { n: n.toLocaleString(language) })
}

/** What the user chose, else the first of the browser's languages that the page has. */
export async function loadLanguage(): Promise<void> {
  const wanted = [stored(), ...navigator.languages.map((tag) => tag.split('-')[0].toLowerCase())]
  await useLanguage(wanted.find((tag): tag is string => !!tag && tag in LANGUAGES) || 'en')
}

export async function chooseLanguage(tag: string): Promise<void> {
  try {
    localStorage.setItem(CHOICE, tag)
  } catch {
    // Storage is off: the choice lasts as long as the page.
  }
  await useLanguage(tag)
}

async function useLanguage(tag: string): Promise<void> {
  try {
    words = await LANGUAGES[tag].load()
    language = tag
  } catch {
    words = en as Words // the hub went away in between
    language = 'en'
  }
  document.documentElement.lang = language
  document.documentElement.dir = language === 'ar' ? 'rtl' : 'ltr'
}

function stored(): string | null {
  try {
    return localStorage.getItem(CHOICE)
  } catch {
    return null
  }
}
