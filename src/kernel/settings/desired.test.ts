import { expect, test } from 'vitest'
import type { HalfRows } from './desired.ts'
import { desiredFor } from './desired.ts'
import type { Document } from './document.ts'

const scope = { site: 'hall', box: 'b1', groups: ['tv'], post: null }
const half = (
  settings: Readonly<Record<string, Document>>,
  overrides: Readonly<Record<string, Document>> = {},
) =>
  ({
    settings: Object.entries(settings).map(([target, document]) => ({ target, version: 2, document })),
    overrides: Object.entries(overrides).map(([target, patch]) => ({ target, version: 3, patch })),
  }) as unknown as HalfRows

test('SET-2 SET-8 both halves of each target lie on top of each other, with its overrides', () => {
  const hub = half({ organisation: { a: 1, b: 1 }, 'box:other': { a: 9 } }, { organisation: { c: 7 } })
  const site = half({ 'group:tv': { a: 2 }, 'box:b1': { c: 3 } }, { 'group:tv': { a: 8 } })
  const { document, versions } = desiredFor(scope, hub, site)
  expect(document).toEqual({ a: 8, b: 1, c: 3 })
  expect(Object.entries(versions).map(([target, { hub: h, site: s }]) => [target, h, s])).toEqual([
    ['organisation', 2, 0],
    ['group:tv', 0, 2],
    ['box:b1', 0, 2],
  ])
})

test('SET-1 nothing saved is an empty document of no version', () => {
  expect(desiredFor(scope, half({}), half({}))).toMatchObject({ document: {}, versions: {} })
})
