import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { patches } from './arbitrary.ts'
import type { Document } from './document.ts'
import { documentHash, emptyDocument, patched, pathText, touches, valueAt } from './document.ts'
import type { Half, Step } from './history.ts'
import { conflicts, documentAt } from './history.ts'

/** One half, with all its versions. */
function half(...saves: readonly Document[]) {
  const steps: Step[] = []
  let now: Half = { version: 0, document: emptyDocument }
  for (const patch of saves) {
    const { document, changes } = patched(now.document, patch)
    now = { version: now.version + 1, document }
    steps.push({ version: now.version, changes })
  }
  return { now, steps }
}

describe('a save on an older version', () => {
  test('SET-6 acceptance example 8: other fields merge, the same field is a conflict with base, yours and theirs', () => {
    const { now, steps } = half({ language: 'fr', zone: 'Paris' }, { language: 'en' })
    expect(conflicts(now, steps, { base: 1, patch: { zone: 'London' } })).toEqual([])
    expect(conflicts(now, steps, { base: 1, patch: { language: 'de' } })).toEqual([
      { path: 'language', base: 'fr', yours: 'de', theirs: 'en' },
    ])
    expect(conflicts(now, steps, { base: 2, patch: { language: 'de' } })).toEqual([])
    expect(conflicts(now, steps, { base: 1, patch: { language: 'en' } })).toEqual([])
  })

  test('SET-6 an item that is gone and one that is edited are the same field', () => {
    const { now, steps } = half({ list: [{ id: 'a', n: 1 }] }, { list: [{ id: 'a', removed: true }] })
    expect(conflicts(now, steps, { base: 1, patch: { list: [{ id: 'a', n: 2 }] } })).toEqual([
      { path: 'list[a]', base: { id: 'a', n: 1 }, yours: { id: 'a', n: 2 }, theirs: null },
    ])
  })

  test('SET-6 a base that nobody knows any more is refused', () => {
    const { now, steps } = half({ a: 1 }, { a: 2 }, { a: 3 })
    expect(conflicts(now, steps.slice(2), { base: 1, patch: { b: 1 } })).toBe('unknown-version')
    expect(conflicts(now, steps, { base: 4, patch: { b: 1 } })).toBe('unknown-version')
  })

  test('SET-6 either both are kept, or the conflict holds both values', () => {
    fc.assert(
      fc.property(fc.array(patches, { maxLength: 6 }), fc.nat(6), patches, (saves, at, patch) => {
        const base = Math.min(at, saves.length)
        const { now, steps } = half(...saves)
        const found = conflicts(now, steps, { base, patch })
        if (found === 'unknown-version') throw new Error('every version is known')
        const theirs = steps.slice(base).flatMap(({ changes }) => changes)
        const mine = patched(now.document, patch)
        for (const { path, before, after } of mine.changes) {
          const conflict = found.find((each) => each.path === pathText(path))
          const clash = theirs.some((change) => touches(change.path, path))
          const both = conflict && [conflict.yours, conflict.theirs]
          expect(both).toEqual(clash ? [after ?? null, before ?? null] : undefined)
        }
        if (found.length > 0) return
        // What the others have set since then still stands.
        for (const { path } of theirs)
          expect(valueAt(mine.document, path)).toEqual(valueAt(now.document, path))
      }),
      { numRuns: 300 },
    )
  })
})

test('SET-7 every version can be had again, as it was', () => {
  fc.assert(
    fc.property(fc.array(patches, { minLength: 1, maxLength: 6 }), (saves) => {
      const { now, steps } = half(...saves)
      for (let version = 0; version <= saves.length; version++) {
        const then = half(...saves.slice(0, version)).now.document
        expect(documentHash(documentAt(now, steps, version) ?? { none: 1 })).toBe(documentHash(then))
      }
    }),
  )
})
