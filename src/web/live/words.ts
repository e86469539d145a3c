import type { Language, Texts } from '../../kernel/texts.ts'
import type { Problem } from './ask.ts'

/** What the page itself refuses; everything else is refused by the box, in its words. */
const refusals = {
  'box-away': {
    title: {
      en: 'The box cannot be reached. Nothing was done.',
      fr: 'La box est injoignable. Rien n’a été fait.',
    },
    doThis: {
      en: 'This cannot wait: do it again when the box is back.',
      fr: 'Ceci ne peut pas attendre : refaites-le quand la box est de retour.',
    },
  },
  'not-in-time': {
    title: {
      en: 'This could not be sent in time. Nothing was done.',
      fr: 'Ceci n’a pas pu être envoyé à temps. Rien n’a été fait.',
    },
    doThis: {
      en: 'If it is still wanted, do it again.',
      fr: 'Si c’est encore voulu, refaites-le.',
    },
  },
} as const satisfies Readonly<Record<string, Readonly<Record<'title' | 'doThis', Texts>>>>

export function problemOf(code: keyof typeof refusals, language: Language): Problem {
  const { title, doThis } = refusals[code]
  return { code, title: title[language], doThis: doThis[language], field: null }
}
