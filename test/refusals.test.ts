import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { known } from '../src/cli/known.ts'
import { checkRefusals } from '../src/kernel/pack/refusal.ts'
import { kernelPack } from '../src/kernel/site/kernel-pack.ts'
import { languages } from '../src/kernel/texts.ts'
import { fair } from '../src/world/fair/pack.ts'

/** How sources say that they refuse: `refused: 'x'`, `refused('x'`, `refusal('x'`, `code: 'x' | 'y'`, `#refuse(id, 'x'`. */
const saying =
  /(?:\brefused: |\brefus(?:ed|al)\(|\bcode: |\bexpiredCode = |#refuse\(id, )('[a-z][a-z-]*'(?: \| '[a-z][a-z-]*')*)/g

function codesIn(glob: string): ReadonlySet<string> {
  const sources = globSync(glob).filter((path) => !/\.(test|contract|example)\.ts$|\/toy-/.test(path))
  const said = sources.flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(saying)].flatMap(([, codes = '']) =>
      Array.from(codes.matchAll(/'([^']+)'/g), ([, code]) => String(code)),
    ),
  )
  return new Set(said)
}

const ofKernel = Object.keys(kernelPack.refusals ?? {})
const trades = [...known.packs.filter((pack) => pack !== kernelPack), fair]

test('HTTP-9 every code that the kernel refuses with has its sentences, and no sentence is without a use', () => {
  const used = codesIn('src/kernel/**/*.ts')
  expect(used.size).toBeGreaterThan(30)
  expect([...used].filter((code) => !ofKernel.includes(code))).toEqual([])
  expect(ofKernel.filter((code) => !used.has(code))).toEqual([])
})

test.each(trades)(
  'HTTP-9 every code that $name refuses with has its sentences',
  ({ name, refusals = {} }) => {
    const used = codesIn(name === 'fair' ? 'src/world/fair/**/*.ts' : `src/packs/${name}/**/*.ts`)
    expect([...used].filter((code) => !(code in refusals) && !ofKernel.includes(code))).toEqual([])
    expect(Object.keys(refusals).filter((code) => !used.has(code))).toEqual([])
  },
)

const all = [kernelPack, ...trades].flatMap(({ name, refusals = {} }) =>
  Object.entries(refusals).map(([code, words]) => ({ code: `${name} ${code}`, ...words })),
)

test.each(all)('$code says what happened and what to do, as sentences', ({ what, doThis }) => {
  for (const texts of [what, doThis])
    for (const language of languages) expect(texts[language]).toMatch(/^[A-ZÀ-Ý{\d].{9,}[.]$/)
})

test('sentences that leave other gaps in French than in English do not start', () => {
  const texts = { en: 'Of {n}.', fr: 'De {m}.' }
  expect(() => checkRefusals('toy', { odd: { kind: 'rule', what: texts, doThis: texts } })).toThrow(
    /toy.*odd/,
  )
})
