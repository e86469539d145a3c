import { describe, expect, test } from 'vitest'
import { isForeign } from './origin.ts'

const cookie = 'a=b'
const authorization = 'Bearer x'

describe.each([
  ['nothing shown', {}],
  ['a cookie', { cookie }],
] as const)('HTTP-10 with %s', (_, shown) => {
  test.each([
    ['box:8080', false, 'http://box:8080', false],
    ['BOX:8080', false, 'http://box:8080', false],
    ['box', false, 'http://box', false],
    ['box:80', false, 'http://box', false],
    ['box:443', true, 'https://box', false],
    ['[fd00::2]:8080', false, 'http://[fd00::2]:8080', false],
    ['box', true, 'https://box', false],
    // What TLS does not protect may be anybody's.
    ['box', true, 'http://box', true],
    ['box', false, 'https://box', true],
    ['box:8080', false, 'http://box:8081', true],
    ['box', false, 'http://box.example.org', true],
    ['box', false, 'http://evil@box', true],
    ['box', false, 'null', true],
    ['a b', false, 'null', true],
    ['', false, 'http://box', true],
    ['', false, '', true],
    ['box', false, 'file://box', true],
    ['box', false, 'http://box, http://evil', true],
  ])('at %s (TLS: %s) a page of %s is foreign: %s', (host, secure, origin, foreign) => {
    expect(isForeign({ ...shown, origin }, { host, secure })).toBe(foreign)
  })
})

test.each([
  [{}, false],
  [{ cookie }, true],
  [{ authorization }, false],
  [{ authorization, origin: 'http://elsewhere' }, false],
  [{ authorization: 'bearer x', origin: 'null' }, false],
  // Browsers remember these, and send them for anybody.
  [{ authorization: 'Basic eDp5', origin: 'http://elsewhere' }, true],
  [{ authorization: 'Bearer', origin: 'http://elsewhere' }, true],
  [{ authorization, cookie, origin: 'http://elsewhere' }, true],
  [{ authorization, cookie }, true],
  [{ authorization, cookie, origin: 'http://box' }, false],
])('HTTP-10 %j is foreign: %s', (shown, foreign) => {
  expect(isForeign(shown, { host: 'box', secure: false })).toBe(foreign)
})
