import type { Language } from '../kernel/texts.ts'
import { languages } from '../kernel/texts.ts'

export type { Gap, Language, Texts, Values } from '../kernel/texts.ts'
export { fill, languages } from '../kernel/texts.ts'

/** The language of a terminal, by the variables that every Unix program reads, in their order. */
export function languageOfTerminal(env: Readonly<Record<string, string | undefined>>): Language {
  const asked = env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || ''
  return /^fr(?![a-z])/i.test(asked) ? 'fr' : 'en'
}

/** The language of a browser, by its Accept-Language; English where it asks for none that we speak. */
export function languageOfBrowser(header: string | undefined): Language {
  let best: Language = 'en'
  let weight = 0
  for (const wish of (header ?? '').split(',')) {
    const [tag = '', quality] = wish.trim().split(/\s*;\s*q=/i)
    const language = languages.find((each) => each === tag.toLowerCase().split('-')[0])
    const wished = quality === undefined ? 1 : Number(quality)
    if (language === undefined || !(wished > weight)) continue
    best = language
    weight = wished
  }
  return best
}
