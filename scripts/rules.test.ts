import { describe, expect, test } from 'vitest'
import { citedBy, rulesOn, titlesIn, uncited } from './rules.ts'

const title = (text: string) => ({ path: 'a.test.ts', line: 1, text })

test('a page lays down what stands in bold, in text and in tables', () => {
  const page = '**LOG-1** An entry (LOG-2) is text.\n| `trim` | **STORE-11** removes |\n**not-1** `**LOG-3`'
  expect(rulesOn(page)).toEqual(['LOG-1', 'STORE-11'])
})

test('titles are found whatever stands between test and its title, and nothing else is one', () => {
  const source = [
    "test('one', () => {})",
    "test.each([['x', 'LOG-9']])('two %s', () => expect('LOG-8').toBe(1))",
    'describe("LOG-7 three", () => test.concurrent(`four ${1}`, () => {}))',
    'test.each<[string]>([])(',
    "  'five',",
    '  () => {},',
    ')',
    "latest('six')",
    'test(name, () => {})',
    "truth.test('seven')",
  ].join('\n')
  const found = titlesIn('a.test.ts', source)
  expect(found.map(({ line, text }) => [line, text])).toEqual([
    [1, 'one'],
    [2, 'two %s'],
    [3, 'four ${1}'],
    [4, 'five'],
  ])
})

test('a title cites the rules that it begins with', () => {
  expect(citedBy(title('LOG-1 an entry is text'))).toEqual(['LOG-1'])
  expect(citedBy(title('LOG-1 ACT-22 two, and LOG-3 is not one'))).toEqual(['LOG-1', 'ACT-22'])
  expect(citedBy(title('an entry is text (LOG-1)'))).toEqual([])
  expect(citedBy(title('LOG-1x'))).toEqual([])
})

describe('what is wrong is said', () => {
  test.each([
    ['nothing', ['LOG-1'], ['LOG-1 a'], []],
    ['a rule without a test', ['LOG-1', 'LOG-2'], ['LOG-1 a', 'b LOG-2'], ['LOG-2: no test begins with it']],
    ['a rule that is none', ['LOG-1'], ['LOG-1 a', 'LOG-2 b'], ['a.test.ts:1: there is no rule LOG-2']],
    ['a rule that is none, later on', ['LOG-1'], ['LOG-1 as LOG-9'], ['a.test.ts:1: there is no rule LOG-9']],
    ['other names with numbers are none', ['LOG-1'], ['LOG-1 a SHA-256'], []],
    ['a number given twice', ['LOG-1', 'LOG-1'], ['LOG-1 a'], ['LOG-1: two rules have it']],
  ])('%s', (_, rules, titles, said) => {
    expect(uncited(rules, titles.map(title))).toEqual(said)
  })
})
