import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sha256 } from './digest.ts'
import { bodyLine, factsOf, headText, hollowLine, kindsOf, nextChain, parseHead, parseLine } from './entry.ts'
import type { Head } from './entry.ts'
import type { Instant } from './instant.ts'
import { seededRandom } from './manual-machine.ts'

const instants: fc.Arbitrary<Instant> = fc.tuple(
  fc.nat(),
  fc.option(fc.maxSafeInteger(), { nil: null }),
  fc.constantFrom(0, 1, 2, 3),
)
const texts = fc.string({ unit: 'binary' })
const origins = fc.record(
  { box: texts, stream: texts, seq: fc.integer({ min: 1 }) },
  { noNullPrototype: true },
)
const answers = fc.jsonValue({ noUnicodeString: false }) as fc.Arbitrary<unknown>
const moments = fc.nat({ max: 8_640_000_000_000_000 })
const doneAts = fc.record(
  { ms: moments, within: fc.option(moments, { nil: null }) },
  { noNullPrototype: true },
)
const asks = fc.record(
  { action: texts, key: texts, digest: texts, who: texts, answer: answers, doneAt: doneAts },
  { noNullPrototype: true, requiredKeys: ['action', 'key', 'digest', 'who', 'answer'] },
)
const plain = { noNullPrototype: true } as const
const heads: fc.Arbitrary<Head> = fc.oneof(
  fc.record({ form: fc.constant('r'), at: instants, kind: texts, from: origins }, plain),
  fc.record({ form: fc.constant('q'), at: instants, kind: texts, from: origins, why: texts }, plain),
  fc.record({ form: fc.constant('a'), at: instants, kinds: fc.array(texts), asked: asks }, plain),
  fc.record({ form: fc.constant('k'), at: instants, kinds: fc.array(texts) }, plain),
)
const bodies = fc.array(fc.tuple(fc.jsonValue(), fc.boolean()), { minLength: 1, maxLength: 6 })

/** Each body's line, with a salt where it may be erased. */
const linesOf = (all: readonly (readonly [unknown, boolean])[]) =>
  all.map(([body, erasable], index) => bodyLine(body, erasable ? seededRandom(index + 1) : null))

describe('heads', () => {
  test('LOG-1 a head comes back from its text as it was', () => {
    fc.assert(
      fc.property(heads, (head) => {
        const text = headText(head)
        expect(headText(parseHead(text))).toBe(text)
        expect(parseHead(text)).toEqual(JSON.parse(JSON.stringify(head)))
      }),
    )
  })

  test('LOG-1 a head is one line, whatever people type', () => {
    fc.assert(
      fc.property(heads, (head) => {
        expect(headText(head)).not.toContain('\n')
      }),
    )
  })

  test('LOG-1 each form stands as its own bytes', () => {
    const at: Instant = [12, null, 0]
    const from = { box: 'box1', stream: 'stream1', seq: 3 }
    const asked = { action: 'toy.pay', key: 'k', digest: 'd', who: 'ada', answer: { left: 1 } }
    expect(headText({ form: 'r', at, kind: 'toy.seen', from })).toBe(
      '["r",[12,null,0],"toy.seen","box1","stream1",3]',
    )
    expect(headText({ form: 'q', at, kind: 'unknown', from, why: 'no "such" kind' })).toBe(
      '["q",[12,null,0],"unknown","box1","stream1",3,"no \\"such\\" kind"]',
    )
    expect(headText({ form: 'a', at, kinds: ['toy.moved'], asked })).toBe(
      '["a",[12,null,0],["toy.moved"],"toy.pay","k","d","ada",{"left":1}]',
    )
    expect(headText({ form: 'k', at, kinds: ['base.laid'] })).toBe('["k",[12,null,0],["base.laid"]]')
  })

  test.each([
    '',
    '7',
    'null',
    '{}',
    '[]',
    '"r"',
    '["r"',
    '["x",[0,null,0],[]]',
    '["k",0,["base.laid"]]',
    '["k",[0,null],["base.laid"]]',
    '["k",[0,null,0],"abc"]',
    '["k",[0,null,0],[1]]',
    '["a",[0,null,0],{},"toy.pay","k","d","w",1]',
    '["r",[0,null,0],7,"box1","stream1",1]',
    '["r",[0,null,0],"toy.seen","box1",null,1]',
    '["r",[0,null,0],"toy.seen","box1","stream1","1"]',
    '["r",[0,null,0],"toy.seen","box1","stream1",0]',
    '["q",[0,null,0],"unknown","box1","stream1",1.5,"why"]',
  ])('LOG-2 what is not a head throws: %s', (text) => {
    expect(() => parseHead(text)).toThrow(Error)
  })

  test('LOG-29 when its person did it stands last in the head of a decision', () => {
    const asked = { action: 'toy.pay', key: 'k', digest: 'd', who: 'ada', answer: null }
    const text = '["a",[0,null,0],[],"toy.pay","k","d","ada",null,[7,null]]'
    const head: Head = {
      form: 'a',
      at: [0, null, 0],
      kinds: [],
      asked: { ...asked, doneAt: { ms: 7, within: null } },
    }
    expect(headText(head)).toBe(text)
    expect(parseHead(text)).toEqual(head)
  })

  test.each([
    '7',
    'null',
    '[7]',
    '[-1,null]',
    '[1.5,null]',
    '[9000000000000000,0]',
    '[7,"0"]',
    '[7,0,0]',
    '{}',
  ])('LOG-29 %s is no moment', (text) => {
    expect(() => parseHead(`["a",[0,null,0],[],"toy.pay","k","d","ada",null,${text}]`)).toThrow(Error)
  })

  test('LOG-2 a record has one kind, a decision as many as it says', () => {
    const at: Instant = [0, null, 0]
    expect(kindsOf({ form: 'k', at, kinds: ['a', 'b'] })).toEqual(['a', 'b'])
    expect(kindsOf({ form: 'r', at, kind: 'c', from: { box: 'b', stream: 's', seq: 1 } })).toEqual(['c'])
  })
})

describe('lines', () => {
  test('LOG-4 a body comes back from its line, salted or not', () => {
    fc.assert(
      fc.property(bodies, (all) => {
        for (const [index, line] of linesOf(all).entries()) {
          const body: unknown = JSON.parse(JSON.stringify(all[index]?.[0]))
          expect(line).not.toContain('\n')
          expect(parseLine(line)).toEqual({ body, hollow: false })
        }
      }),
    )
  })

  test('LOG-4 a salt is 26 characters of chance: equal bodies have unequal lines', () => {
    const random = seededRandom()
    const [one, two] = [bodyLine({ name: 'Ada' }, random), bodyLine({ name: 'Ada' }, random)]
    expect(one).toMatch(/^\^[0-9a-z]{26}\{"name":"Ada"\}$/)
    expect(hollowLine(one)).not.toBe(hollowLine(two))
  })

  test('LOG-4 a hollow line holds nothing of the body, only its digest', () => {
    const line = bodyLine({ name: 'Ada' }, seededRandom())
    expect(hollowLine(line)).toBe(`~${sha256(line)}`)
    expect(parseLine(hollowLine(line))).toEqual({ body: undefined, hollow: true })
  })

  test('LOG-4 a fact that cannot be erased keeps its body, and a hollow one stays as it is', () => {
    expect(hollowLine('{"tag":"a"}')).toBe('{"tag":"a"}')
    const hollow = hollowLine(bodyLine(1, seededRandom()))
    expect(hollowLine(hollow)).toBe(hollow)
  })
})

describe('facts of an entry', () => {
  const head = (...kinds: string[]): Head => ({ form: 'k', at: [0, null, 0], kinds })

  test('every kind finds its line', () => {
    fc.assert(
      fc.property(bodies, (all) => {
        const kinds = all.map((_, index) => `kind ${index}`)
        const facts = factsOf(head(...kinds), linesOf(all).join('\n'))
        expect(facts.map(({ kind }) => kind)).toEqual(kinds)
        expect(facts.map(({ body }) => body)).toEqual(
          all.map(([body]) => JSON.parse(JSON.stringify(body)) as unknown),
        )
      }),
    )
  })

  test('LOG-2 an entry has as many lines as kinds', () => {
    expect(() => factsOf(head('a', 'b'), '1')).toThrow(/as many lines as kinds/)
    expect(() => factsOf(head('a', 'b'), '1\n2\n3')).toThrow(/as many lines as kinds/)
    expect(() => factsOf(head('a'), '1\n2')).toThrow(/as many lines as kinds/)
  })

  test('LOG-2 an entry without facts has no line', () => {
    expect(factsOf(head(), '')).toEqual([])
  })
})

describe('the running hash', () => {
  const entry = (all: readonly (readonly [unknown, boolean])[]) => ({
    head: headText({ form: 'k', at: [0, null, 0], kinds: all.map(() => 'a') }),
    lines: linesOf(all),
  })

  test('LOG-3 an erased fact keeps the running hash, whichever facts of the entry were erased', () => {
    fc.assert(
      fc.property(texts, bodies, fc.array(fc.boolean()), (chain, all, erased) => {
        const { head, lines } = entry(all)
        const after = lines.map((line, index) => (erased[index] ? hollowLine(line) : line))
        expect(nextChain(chain, { head, bodies: after.join('\n') })).toBe(
          nextChain(chain, { head, bodies: lines.join('\n') }),
        )
      }),
    )
  })

  test('LOG-3 the running hash tells apart what came before, the head, and each line', () => {
    fc.assert(
      fc.property(bodies, fc.nat(), (all, place) => {
        const { head, lines } = entry(all)
        const whole = nextChain('before', { head, bodies: lines.join('\n') })
        const index = place % lines.length
        const altered = lines.map((line, at) => (at === index ? `${line} ` : line)).join('\n')
        expect(nextChain('other', { head, bodies: lines.join('\n') })).not.toBe(whole)
        expect(nextChain('before', { head: `${head} `, bodies: lines.join('\n') })).not.toBe(whole)
        expect(nextChain('before', { head, bodies: altered })).not.toBe(whole)
      }),
    )
  })

  test('LOG-3 the running hash over three entries, byte for byte', () => {
    const salted = '^0123456789abcdefghjkmnpqrs{"name":"Ada"}'
    const first = nextChain('', { head: '["k",[0,null,0],["a"]]', bodies: '{"a":1}' })
    const second = nextChain(first, { head: '["k",[0,null,0],["a","b"]]', bodies: `1\n${salted}` })
    const third = nextChain(second, { head: '["k",[0,null,0],[]]', bodies: '' })
    expect(first).toBe(sha256('\n["k",[0,null,0],["a"]]\n{"a":1}'))
    expect(second).toBe(sha256(`${first}\n["k",[0,null,0],["a","b"]]\n1\n~${sha256(salted)}`))
    expect(third).toBe(sha256(`${second}\n["k",[0,null,0],[]]\n`))
  })
})
