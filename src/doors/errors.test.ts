import { describe, expect, test } from 'vitest'
import { problemOf, sayTrouble, Trouble } from './errors.ts'
import { languageOfBrowser, languageOfTerminal, languages } from './language.ts'
import { errors } from './words.ts'

const gaps = (text: string) =>
  [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '').toSorted((a, b) => a.localeCompare(b))

describe.each(Object.entries(errors))('%s', (_, { what, doThis, status }) => {
  test('leaves the same gaps in every language', () => {
    for (const texts of [what, doThis]) expect(gaps(texts.fr)).toEqual(gaps(texts.en))
  })

  test('says what happened and what to do, as sentences', () => {
    for (const language of languages) {
      expect(what[language]).toMatch(/[.]$/)
      expect(doThis[language].length).toBeGreaterThan(10)
    }
    expect(status).toBeGreaterThanOrEqual(400)
  })
})

test('a trouble is said in the language of the reader', () => {
  const trouble = Trouble.of('port_taken', { port: 8080, other: 8081 })
  expect(sayTrouble(trouble, 'en').what).toBe('Port 8080 is already used by another program on this machine.')
  expect(sayTrouble(trouble, 'fr').doThis).toContain('REGIE_PORT=8081')
  expect(trouble.message).toMatch(/^port_taken: Port 8080/)
})

test('a problem names its code, its status, what happened and what to do', () => {
  expect(problemOf(Trouble.of('not_found', {}), 'fr')).toEqual({
    type: 'urn:regie:error:not_found',
    title: 'Il n’y a rien à cette adresse.',
    status: 404,
    code: 'not_found',
    doThis: 'Vérifiez-la, ou repartez de la première page de la box.',
  })
})

test('a gap may hold a text of its own in every language', () => {
  const problem = { en: 'must be a number', fr: 'doit être un nombre' }
  const trouble = Trouble.of('field_invalid', { field: 'cents', problem }).with({ field: 'cents' })
  expect(problemOf(trouble, 'fr')).toMatchObject({
    title: '« cents » doit être un nombre.',
    field: 'cents',
    status: 400,
  })
  expect(sayTrouble(trouble, 'en').what).toBe('“cents” must be a number.')
})

test('HTTP-9 a refusal is said in the words of its declaration, with its status and its field', () => {
  const texts = { en: 'It lacks {short}.', fr: 'Il manque {short}.' }
  const words = { kind: 'rule', what: texts, doThis: texts, field: 'cents' } as const
  expect(problemOf(Trouble.refused('insufficient', words, { short: 3 }), 'fr')).toEqual({
    type: 'urn:regie:error:insufficient',
    title: 'Il manque 3.',
    status: 422,
    code: 'insufficient',
    doThis: 'Il manque 3.',
    field: 'cents',
    values: { short: 3 },
  })
  expect(Trouble.refused('conflict', words, { path: 'a.b' }).more.field).toBe('a.b')
})

test('a value that looks like a gap is left as it is', () => {
  const trouble = Trouble.of('folder_unwritable', { folder: '/{reason}/$&', reason: 'no' })
  expect(sayTrouble(trouble, 'en').what).toBe('The data folder /{reason}/$& cannot be written (no).')
})

test.each([
  [{}, 'en'],
  [{ LANG: 'fr_FR.UTF-8' }, 'fr'],
  [{ LANG: 'fr' }, 'fr'],
  [{ LANG: 'frr_DE' }, 'en'],
  [{ LANG: 'fr_FR', LC_ALL: 'C.UTF-8' }, 'en'],
  [{ LANG: 'en_US', LC_MESSAGES: 'fr_BE' }, 'fr'],
] as const)('a terminal with %o reads %s', (env, language) => expect(languageOfTerminal(env)).toBe(language))

test.each([
  [undefined, 'en'],
  ['', 'en'],
  ['de', 'en'],
  ['fr', 'fr'],
  ['fr-CH, fr;q=0.9, en;q=0.8', 'fr'],
  ['en;q=0.5, fr;q=0.7', 'fr'],
  ['de, en;q=0.9, fr;q=0.8', 'en'],
  ['fr;q=0', 'en'],
  ['fr;q=nonsense', 'en'],
] as const)('a browser that accepts %s reads %s', (header, language) => {
  expect(languageOfBrowser(header)).toBe(language)
})
