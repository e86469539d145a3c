import { describe, expect, test } from 'vitest'
import type { BoxStatus } from '../kernel/box/contract.ts'
import { gradeOf } from './status-grade.ts'
import { statusPage } from './status-page.ts'
import { aSite, aStatus } from './status.example.ts'

const running = (status: BoxStatus, language: 'en' | 'fr' = 'en') =>
  statusPage({ is: 'running', status }, language)
const withSite = (change: Partial<typeof aSite>): BoxStatus => ({
  ...aStatus,
  sites: [{ ...aSite, ...change }],
})

test('a box that starts says so, and nothing else', () => {
  const page = statusPage({ is: 'starting' }, 'fr')
  expect(page).toContain('Démarrage…')
  expect(page).not.toContain('Tout va bien')
})

test('a box that stops says that nothing is lost', () => {
  expect(statusPage({ is: 'stopping' }, 'en')).toContain('What was acknowledged is on disk.')
})

test('a box without a site says what to do next, with its name', () => {
  const page = running({ ...aStatus, sites: [], links: [] })
  expect(page).toContain('No site yet')
  expect(page).toContain('Give its name, 0123456789ab, to')
  expect(page).not.toContain('{box}')
})

test('a site shows its role, head, unsent records and copies', () => {
  const page = running(withSite({ unsent: 7, copies: 3 })).replaceAll(/\s*(<[^>]+>)\s*/g, '$1')
  expect(page).toContain('trail-des-cretes')
  expect(page).toContain('Keeps it')
  expect(page).toContain('<dt>Last entry</dt><dd>12,345</dd>')
  expect(page).toContain('<dt>Not sent yet</dt><dd>7</dd>')
  expect(page).toContain('<dt>Copies</dt><dd>3</dd>')
  expect(page).toContain('ba9876543210')
})

test('numbers are written as in the language of the page', () => {
  expect(running(aStatus, 'fr')).toMatch(/12[\u202f\u00a0]345/)
})

test('what a person must settle is shown only where there is something', () => {
  expect(running(aStatus)).not.toContain('In quarantine')
  const page = running(withSite({ quarantine: 2, orphans: 1, clones: 1, copies: 1 }))
  for (const text of ['In quarantine', 'Decisions to settle', 'Cloned or rewound cards', 'No second copy']) {
    expect(page).toContain(text)
  }
})

test('the site that needs a person most comes first', () => {
  const sites = [
    { ...aSite, site: 'a-good' },
    { ...aSite, site: 'b-alone', copies: 1 },
    { ...aSite, site: 'c-halted', role: 'halted' },
  ] as const
  const names = [...running({ ...aStatus, sites }).matchAll(/[abc]-(good|alone|halted)/g)].map(
    ([name]) => name,
  )
  expect(names).toEqual(['c-halted', 'b-alone', 'a-good'])
})

test('what comes from outside is text, never markup', () => {
  const page = running(withSite({ role: 'halted', why: '<img src=x onerror="alert(1)">&' }))
  expect(page).toContain('&#60;img src=x onerror=&#34;alert(1)&#34;&#62;&#38;')
  expect(page).not.toContain('<img')
})

describe('the verdict', () => {
  test.each([
    ['good', aStatus],
    ['good', { ...aStatus, sites: [] }],
    ['good', withSite({ role: 'following', copies: 1 })],
    ['good', withSite({ viewLag: 12, unsent: 900 })],
    ['watch', withSite({ copies: 1 })],
    ['watch', withSite({ quarantine: 1 })],
    ['watch', { ...aStatus, store: { state: 'slow', detail: '' } }],
    ['bad', { ...withSite({ copies: 1 }), store: { state: 'full', detail: '' } }],
    ['bad', withSite({ role: 'halted', why: 'x' })],
  ] as const)('is %s', (grade, status) => expect(gradeOf(status)).toBe(grade))
})
