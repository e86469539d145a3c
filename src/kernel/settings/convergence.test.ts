import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import type { Document } from './document.ts'
import { canonicalDocument, emptyDocument, patched, valueAt } from './document.ts'
import { field, list, problemIn, section, splitByOwner } from './schema.ts'

const schema = section({
  fair: section({
    language: field('hub', z.string()),
    volume: field('site', z.int()),
    wifi: section({ ssid: field('hub', z.string()), channel: field('site', z.int()) }),
    playlist: list('site', { title: z.string() }),
  }),
})

/** Who saves what: each side only its own fields. */
const word = fc.constantFrom('a', 'b', 'c')
const n = fc.nat(5)
const hubSave = fc.record(
  { language: word, wifi: fc.record({ ssid: word }) },
  { requiredKeys: [] },
) as fc.Arbitrary<Document>
const item = fc.record({ id: word, title: word }, { requiredKeys: ['id'] })
const siteSave = fc.record(
  {
    volume: fc.oneof(n, fc.constant(null)),
    wifi: fc.record({ channel: n }),
    playlist: fc.uniqueArray(item, { minLength: 1, maxLength: 2, selector: ({ id }) => id }),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Document>

test('SET-5 edits of both sides, offline, in any order, come to one document on every box, and none is lost', () => {
  fc.assert(
    fc.property(
      fc.array(hubSave, { maxLength: 6 }),
      fc.array(siteSave, { maxLength: 6 }),
      fc.array(fc.infiniteStream(fc.boolean()), { minLength: 3, maxLength: 3 }),
      (hub, site, boxes) => {
        const hubLog: Document[] = hub.map((fair) => ({ fair }))
        const siteLog: Document[] = site.map((fair) => ({ fair }))
        expect(hubLog.map((patch) => splitByOwner(schema, patch, 'hub').foreign)).toEqual(
          hub.map(() => undefined),
        )
        expect(siteLog.map((patch) => problemIn(schema, patch))).toEqual(site.map(() => undefined))
        // Each log reaches each box in its own order; how the two are mixed is chance.
        const seen = boxes.map((chance) => {
          const [left, right] = [[...hubLog], [...siteLog]]
          const halves = { hub: emptyDocument, site: emptyDocument }
          while (left.length + right.length > 0) {
            const side = right.length === 0 || (left.length > 0 && chance.next().value) ? 'hub' : 'site'
            const patch = (side === 'hub' ? left : right).shift() as Document
            halves[side] = patched(halves[side], patch).document
          }
          return canonicalDocument(patched(halves.hub, halves.site).document)
        })
        expect(new Set(seen).size).toBe(1)
        const merged = JSON.parse(seen[0] ?? '{}') as Document
        const last = (log: readonly Document[], path: readonly string[]) =>
          log.map((patch) => valueAt(patch, path)).findLast((value) => value !== undefined)
        for (const path of [
          ['fair', 'language'],
          ['fair', 'wifi', 'ssid'],
        ])
          expect(valueAt(merged, path)).toEqual(last(hubLog, path))
        for (const path of [
          ['fair', 'volume'],
          ['fair', 'wifi', 'channel'],
        ])
          expect(valueAt(merged, path) ?? null).toEqual(last(siteLog, path) ?? null)
        for (const id of ['a', 'b', 'c']) {
          const path = ['fair', 'playlist', `[${id}]`, 'title']
          expect(valueAt(merged, path)).toEqual(last(siteLog, path))
        }
      },
    ),
  )
})
