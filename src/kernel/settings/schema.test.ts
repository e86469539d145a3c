import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Document } from './document.ts'
import { field, list, problemIn, section, splitByOwner } from './schema.ts'
import { target, targetsOf } from './target.ts'

const schema = section({
  fair: section({
    language: field('hub', z.enum(['fr', 'en'])),
    volume: field('site', z.int().max(100)),
    codes: field('site', z.array(z.string())),
    wifi: section({ ssid: field('hub', z.string().max(32)), channel: field('site', z.int()) }),
    playlist: list('site', { title: z.string(), seconds: z.int().positive() }),
  }),
})
const fair = (patch: Document) => ({ fair: patch })

describe('what a patch may hold', () => {
  test.each<[string, Document]>([
    ['fields', { language: 'fr', volume: 3, codes: ['a'] }],
    ['null', { language: null, playlist: null, playlists: undefined as never }],
    [
      'items',
      {
        playlist: [
          { id: 'a', title: 't' },
          { id: 'b', removed: true },
          { id: 'c', title: null },
        ],
      },
    ],
    ['fields of a section', { wifi: { ssid: 'x' } }],
  ])('SET-4 %s', (_, patch) => {
    expect(problemIn(schema, JSON.parse(JSON.stringify(fair(patch))) as Document)).toBeUndefined()
  })

  test.each<[string, Document, string, string]>([
    ['an unknown field', { volumes: 3 }, 'unknown-path', 'fair.volumes'],
    ['a name of the language', JSON.parse('{"__proto__": 3}') as Document, 'unknown-path', 'fair.__proto__'],
    ['another type', { volume: 'loud' }, 'wrong-type', 'fair.volume'],
    ['a value out of range', { volume: 101 }, 'wrong-type', 'fair.volume'],
    ['an object for a field', { volume: { n: 1 } }, 'wrong-type', 'fair.volume'],
    ['objects in a plain list', { codes: [{ id: 'a' }] }, 'wrong-type', 'fair.codes'],
    ['a value for a section', { wifi: null }, 'wrong-type', 'fair.wifi'],
    ['an item without an id', { playlist: [{ title: 't' }] }, 'wrong-type', 'fair.playlist'],
    ['an item twice', { playlist: [{ id: 'a' }, { id: 'a' }] }, 'wrong-type', 'fair.playlist[a]'],
    ['an unknown field of an item', { playlist: [{ id: 'a', x: 1 }] }, 'unknown-path', 'fair.playlist[a].x'],
    [
      'a wrong field of an item',
      { playlist: [{ id: 'a', seconds: 0 }] },
      'wrong-type',
      'fair.playlist[a].seconds',
    ],
  ])('SET-4 %s is refused, and its path named', (_, patch, code, path) => {
    expect(problemIn(schema, fair(patch))).toMatchObject({ code, path })
  })

  test('SET-4 an item declares neither its id nor that it is gone', () => {
    expect(() => list('hub', { removed: z.boolean() })).toThrow('neither is declared')
  })
})

test('SET-5 a patch falls into what each side owns', () => {
  const patch = fair({ language: 'fr', volume: 3, wifi: { ssid: 'x', channel: 6 }, playlist: [{ id: 'a' }] })
  const site = fair({ volume: 3, wifi: { channel: 6 }, playlist: [{ id: 'a' }] })
  const hub = fair({ language: 'fr', wifi: { ssid: 'x' } })
  expect(splitByOwner(schema, patch, 'site')).toEqual({ own: site, other: hub, foreign: 'fair.language' })
  expect(splitByOwner(schema, patch, 'hub')).toEqual({ own: hub, other: site, foreign: 'fair.volume' })
  expect(splitByOwner(schema, site, 'site')).toEqual({ own: site, other: {}, foreign: undefined })
})

test('SET-2 a box is concerned by five kinds of targets, the most specific last', () => {
  const scope = { site: 'fair-1', box: 'box1', groups: ['tv', 'loud'], post: 'hall' }
  const targets = ['organisation', 'group:tv', 'group:loud', 'site:fair-1', 'post:hall', 'box:box1']
  expect(targetsOf(scope)).toEqual(targets)
  expect(targets.every((each) => target.safeParse(each).success)).toBe(true)
  expect(targetsOf({ ...scope, site: 'fleet', groups: [], post: null })).toEqual(['organisation', 'box:box1'])
})
