import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { Trouble } from '../errors.ts'
import { expectFit, expectKnown, inputFrom, schemaOf } from './fields.ts'

const reserved = ['site', 'after', 'limit']

function troubleOf(run: () => unknown): Trouble {
  try {
    run()
  } catch (error) {
    if (error instanceof Trouble) return error
    throw error
  }
  throw new Error('nothing was wrong')
}

const tried = (run: () => unknown): unknown => {
  try {
    return run()
  } catch (error) {
    return error
  }
}

const said = (run: () => unknown) => {
  const trouble = troubleOf(run)
  return [trouble.code, trouble.more.field, trouble.say('en').what, trouble.say('fr').what]
}

const query = z.object({
  text: z.string().min(1).max(5).optional(),
  whole: z.int().min(0).max(9).optional(),
  part: z.number().optional(),
  flag: z.boolean().optional(),
  kind: z.enum(['a', 'b']).optional(),
  tags: z.array(z.string()).optional(),
  counts: z.array(z.int()).max(3).optional(),
  none: z.int().nullable().optional(),
  any: z.json().optional(),
  either: z.union([z.int(), z.literal('all')]).optional(),
})

describe('HTTP-3 an input comes from the address', () => {
  const plain = z.object({
    text: z.string(),
    whole: z.int(),
    part: z.number(),
    flag: z.boolean(),
    none: z.number().nullable(),
    kind: z.enum(['a', 'B b', 'é&=']),
    texts: z.array(z.string()),
    wholes: z.array(z.int()),
    either: z.union([z.int(), z.boolean()]),
    deep: z.object({ list: z.array(z.number()) }),
  })
  const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0)
  const whole = fc.maxSafeInteger()
  const values = fc.record({
    text: fc.string({ unit: 'grapheme' }),
    whole,
    part: finite.filter((value) => !Object.is(value, -0)),
    flag: fc.boolean(),
    none: fc.option(whole),
    kind: fc.constantFrom('a', 'B b', 'é&='),
    texts: fc.array(fc.string(), { minLength: 1 }),
    wholes: fc.array(whole, { minLength: 1 }),
    either: fc.oneof(whole, fc.boolean()),
    deep: fc.record({ list: fc.array(whole) }),
  })

  test('HTTP-3 and is the same as it was before it was written there', () => {
    fc.assert(
      fc.property(values, (value) => {
        const address = new URLSearchParams()
        for (const [name, each] of Object.entries(value)) {
          const all: readonly unknown[] = Array.isArray(each) ? each : [each]
          for (const one of all)
            address.append(name, typeof one === 'object' && one !== null ? JSON.stringify(one) : String(one))
        }
        const parsed: Record<string, string[]> = {}
        for (const [name, text] of address) (parsed[name] ??= []).push(text)
        expect(inputFrom(plain, parsed, reserved)).toEqual(value)
      }),
    )
  })

  test('HTTP-3 and whatever stands there, it fits the schema or is refused in words', () => {
    const name = fc.oneof(
      fc.constantFrom(...Object.keys(query.shape), '__proto__', 'constructor', 'site'),
      fc.string(),
    )
    const text = fc.oneof(
      fc.constantFrom(
        '1',
        '-1',
        '1e3',
        '1.0',
        '0x1',
        ' 1',
        'true',
        'TRUE',
        'null',
        '[]',
        '{"a":1}',
        'NaN',
        '1e999',
      ),
      fc.string(),
    )
    fc.assert(
      fc.property(
        fc.dictionary(name, fc.oneof(text, fc.array(text, { minLength: 2, maxLength: 4 })), { maxKeys: 4 }),
        (asked) => {
          const outcome = tried(() => inputFrom(query, asked, reserved))
          const isRefused = outcome instanceof Trouble && outcome.status === 400
          expect(isRefused || query.strict().safeParse(outcome).success).toBe(true)
        },
      ),
      { numRuns: 500 },
    )
  })

  test.each([
    [{ whole: '1.5' }, 'whole', '“whole” must be a whole number.'],
    [{ whole: '0x1' }, 'whole', '“whole” must be a number.'],
    [{ whole: '' }, 'whole', '“whole” must be a number.'],
    [{ whole: '10' }, 'whole', '“whole” must be at most 9.'],
    [{ whole: '-1' }, 'whole', '“whole” must be at least 0.'],
    [{ part: '1e999' }, 'part', '“part” must be a number.'],
    [{ flag: 'yes' }, 'flag', '“flag” must be true or false.'],
    [{ kind: 'c' }, 'kind', '“kind” must be one of: a, b.'],
    [{ text: '' }, 'text', '“text” must not be empty.'],
    [{ text: 'abcdef' }, 'text', '“text” must have at most 5 characters.'],
    [{ counts: ['1', 'x'] }, 'counts.1', '“counts.1” must be a number.'],
    [{ counts: ['1', '2', '3', '4'] }, 'counts', '“counts” must have at most 3 items.'],
    [{ whole: ['1', '2'] }, 'whole', 'The field “whole” is given more than once.'],
    [{ none: 'nil' }, 'none', '“none” must be a number.'],
    [{ either: 'some' }, 'either', '“either” has none of the forms that it may have.'],
  ])('HTTP-3 %j is refused: %s', (asked, field, words) => {
    const [, at, en] = said(() => inputFrom(query, asked, reserved))
    expect([at, en]).toEqual([field, words])
  })

  test.each([
    [{ tags: 'a' }, { tags: ['a'] }],
    [{ none: 'null' }, { none: null }],
    [{ either: 'all' }, { either: 'all' }],
    [{ either: '7' }, { either: 7 }],
    [{ any: '{"a":[1]}' }, { any: { a: [1] } }],
    [{ site: 'x', limit: 'y' }, {}],
  ])('HTTP-3 %j is %j', (asked, input) => expect(inputFrom(query, asked, reserved)).toEqual(input))

  test('HTTP-3 a name that is not known is refused with the nearest that is', () => {
    const trouble = troubleOf(() => inputFrom(query, { whool: '1' }, reserved))
    expect(trouble).toMatchObject({ code: 'field_unknown', more: { field: 'whool' } })
    expect(trouble.say('fr').doThis).toBe('Retirez-le, ou utilisez : whole.')
    expect(troubleOf(() => inputFrom(query, { __proto__x: '1' }, reserved)).code).toBe('field_unknown')
    expect(troubleOf(() => inputFrom(z.object({}), { constructor: '1' }, [])).code).toBe('field_unknown')
  })
})

describe('HTTP-5 a body', () => {
  const body = z.object({
    to: z.union([z.string().regex(/^[a-z]+$/), z.array(z.string()).min(1)]),
    moves: z.array(z.object({ account: z.string(), cents: z.int() })).length(2),
    shape: z.discriminatedUnion('is', [
      z.object({ is: z.literal('dot'), x: z.int() }),
      z.object({ is: z.literal('line'), from: z.int(), to: z.int() }),
    ]),
    open: z.looseObject({ a: z.int().optional() }).optional(),
    names: z.record(z.string(), z.object({ n: z.int() })).optional(),
  })
  const good = {
    to: 'a',
    moves: [
      { account: 'a', cents: 1 },
      { account: 'b', cents: -1 },
    ],
    shape: { is: 'dot', x: 1 },
  }
  const check = (value: unknown) => {
    expectKnown(schemaOf(body), value)
    expectFit(body, value)
  }

  test('HTTP-5 that is as declared is taken', () => {
    expect(() => check(good)).not.toThrow()
    expect(() => check({ ...good, open: { a: 1, b: 2 }, names: { x: { n: 1 } } })).not.toThrow()
  })

  test.each([
    [{ ...good, extra: 1 }, 'extra'],
    [{ ...good, moves: [{ account: 'a', cents: 1, cent: 1 }] }, 'moves.0.cent'],
    [{ ...good, shape: { is: 'dot', x: 1, from: 1 } }, 'shape.from'],
    [{ ...good, names: { x: { n: 1, m: 2 } } }, 'names.x.m'],
    [{ ...good, to: { a: 1 } }, 'to'],
    [{ ...good, moves: [good.moves[0], { account: 'b' }] }, 'moves.1.cents'],
    [{ ...good, moves: [] }, 'moves'],
    [{ ...good, shape: { is: 'square' } }, 'shape.is'],
    [{ ...good, to: 5 }, 'to'],
    ['text', ''],
    [null, ''],
  ])('HTTP-5 that is not: %j is refused at %s', (value, field) => {
    expect(troubleOf(() => check(value))).toMatchObject({ status: 400, more: { field } })
  })

  test('HTTP-5 what is missing, and what is of a wrong kind, is said in both languages', () => {
    const { to: _, ...without } = good
    expect(said(() => check(without))).toEqual([
      'field_invalid',
      'to',
      '“to” must be given.',
      '« to » doit être donné.',
    ])
    expect(said(() => check({ ...good, moves: [{ account: 'a', cents: 1 }] }))[2]).toBe(
      '“moves” must have exactly 2 items.',
    )
    expect(said(() => check(7))[2]).toBe('“body” must be an object.')
  })
})
