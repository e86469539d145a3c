import { globSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

/** Words that are the same in both languages. Whatever else is equal was forgotten. */
const same = new Set([
  'Actions',
  'Box',
  'Box {box}',
  'Code',
  'Copies',
  'Description',
  'Message',
  'Organisation',
  'Page',
  'Pages',
  'Port',
  'Regie',
  'Site',
  'Sites',
  'Type',
  'Zone',
])

const isTexts = (value: object): value is { readonly en: string; readonly fr: string } =>
  'en' in value && 'fr' in value && typeof value.en === 'string' && typeof value.fr === 'string'

type Found = { readonly at: string; readonly en: string; readonly fr: string }

function textsIn(value: unknown, at: string): Found[] {
  if (typeof value !== 'object' || value === null) return []
  if (isTexts(value)) return [{ at, en: value.en, fr: value.fr }]
  return Object.entries(value).flatMap(([name, each]) => textsIn(each, `${at}.${name}`))
}

const files = globSync(['src/**/words.ts', 'src/**/*-words.ts', 'src/packs/*/words/*.ts']).filter(
  (file) => !file.endsWith('.test.ts'),
)

test('there are catalogues, and they are read', async () => {
  const all = await Promise.all(files.map(async (file) => textsIn(await import(resolve(file)), '')))
  expect(all.flat().length).toBeGreaterThan(300)
})

describe.each(files)('%s', (file) => {
  test('says everything in French and in English', async () => {
    const found = textsIn(await import(resolve(file)), '')
    const forgotten = found.filter(
      ({ en, fr }) => en.trim() === '' || fr.trim() === '' || (en === fr && !same.has(en)),
    )
    expect(forgotten).toEqual([])
  })

  test('leaves the same gaps in both', async () => {
    const gaps = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([gap]) => gap).toSorted()
    const found = textsIn(await import(resolve(file)), '')
    expect(found.filter(({ en, fr }) => gaps(en).join() !== gaps(fr).join())).toEqual([])
  })

  test('writes French signs with their spaces, and apostrophes as they are printed', async () => {
    const found = textsIn(await import(resolve(file)), '')
    // A header of HTTP is no prose.
    const prose = (text: string) => text.replaceAll(/[A-Z]\w+-[A-Z]\w+: /g, '')
    expect(found.filter(({ fr }) => /[\p{L}\d)][:;?!](?:\s|$)|\p{L}'\p{L}/u.test(prose(fr)))).toEqual([])
  })
})
