import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { patches } from './arbitrary.ts'
import type { Document, Json } from './document.ts'
import {
  differences,
  documentHash,
  emptyDocument,
  layered,
  patchBetween,
  patched,
  pathText,
  undone,
} from './document.ts'

const built = (all: readonly Document[]) =>
  all.reduce((doc, each) => patched(doc, each).document, emptyDocument)
const documents = fc.array(patches, { maxLength: 5 }).map(built)

/** The same, whatever the order of items. */
const unordered = (value: Json): Json => {
  if (Array.isArray(value))
    return value
      .map((each: Json) => unordered(each))
      .toSorted((a: Json, b: Json) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, unordered(inner)]))
}

describe('a patch', () => {
  test('SET-3 what it does not name stays, null deletes, items merge by their id', () => {
    const document = { a: 1, b: 2, list: [{ id: 'x', n: 1, m: 1 }, { id: 'y' }], later: { unknown: true } }
    const patch = {
      a: null,
      list: [
        { id: 'y', removed: true },
        { id: 'x', n: 2 },
        { id: 'z', n: 3 },
      ],
    }
    const { document: next, changes } = patched(document, patch)
    expect(next).toEqual({
      b: 2,
      list: [
        { id: 'x', n: 2, m: 1 },
        { id: 'z', n: 3 },
      ],
      later: { unknown: true },
    })
    expect(changes.map(({ path }) => pathText(path))).toEqual(['a', 'list[y]', 'list[x].n', 'list[z]'])
  })

  test('SET-3 an empty list of items, an empty patch, and what stands already change nothing', () => {
    const document = { list: [{ id: 'x' }], plain: [1], a: 1 }
    expect(patched(document, { list: [], a: 1, plain: [1] })).toEqual({ document, changes: [] })
    expect(patched({ plain: [1] }, { plain: [] }).document).toEqual({ plain: [] })
    expect(patched({ plain: [] }, { plain: [] }).document).toEqual({ plain: [] })
  })

  test('SET-3 names that mean something to the language are names like others', () => {
    const patch = JSON.parse('{"__proto__": {"polluted": 1}, "constructor": 2}') as Document
    const { document } = patched({}, patch)
    expect(Object.keys(document)).toEqual(['__proto__', 'constructor'])
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  test('SET-1 the hash of a document does not ask for the order of its keys', () => {
    expect(documentHash({ a: 1, b: { c: 2, d: 3 } })).toBe(documentHash({ b: { d: 3, c: 2 }, a: 1 }))
  })

  test('SET-7 what a patch did can be undone', () => {
    fc.assert(
      fc.property(documents, patches, (document, patch) => {
        const after = patched(document, patch)
        expect(undone(after.document, after.changes)).toEqual(document)
      }),
    )
  })

  test('SET-3 twice is once', () => {
    fc.assert(
      fc.property(documents, patches, (document, patch) => {
        const once = patched(document, patch).document
        const twice = patched(once, patch)
        expect(twice.document).toEqual(once)
        expect(twice.changes.filter(({ before }) => before !== undefined)).toEqual([])
      }),
    )
  })

  test('SET-7 there is a patch between any two documents', () => {
    fc.assert(
      fc.property(documents, documents, (from, to) => {
        expect(unordered(patched(from, patchBetween(from, to)).document)).toEqual(unordered(to))
        expect(differences(from, from)).toEqual([])
      }),
    )
  })
})

test('SET-2 of several documents the most specific wins, field by field', () => {
  const organisation = { volume: 3, wifi: { ssid: 'a', channel: 6 }, list: [{ id: 'x', n: 1 }] }
  const box = { wifi: { channel: 11 }, list: [{ id: 'x', n: 2 }, { id: 'y' }] }
  expect(layered([organisation, {}, box])).toEqual({
    volume: 3,
    wifi: { ssid: 'a', channel: 11 },
    list: [{ id: 'x', n: 2 }, { id: 'y' }],
  })
})
