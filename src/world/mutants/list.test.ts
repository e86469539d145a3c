import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { isArena } from './arenas.ts'
import { mutants } from './list.ts'
import { changesIn } from './made.ts'
import { mutated } from './mutant.ts'
import { trials } from './trials.ts'

const root = resolve(import.meta.dirname, '../../..')

test('there are many, each by a name of its own', () => {
  expect(mutants.length).toBeGreaterThanOrEqual(25)
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length)
})

test.each(mutants)('$name: its text stands once in the file', (mutant) => {
  const source = readFileSync(join(root, mutant.file), 'utf8')
  expect(mutated(mutant, source)).not.toBe(source)
})

test('a text that is not there, or twice, is an error that names the mutant', () => {
  const mutant = { name: 'm', breaks: 'X', file: 'a.ts', find: 'x', replace: 'y' }
  expect(() => mutated(mutant, 'a')).toThrow('mutant "m"')
  expect(() => mutated(mutant, 'xx')).toThrow('stands 2 times')
  expect(mutated({ ...mutant, replace: '$&' }, 'x')).toBe('$&')
})

test('every trial is in an arena that there is', () => {
  const all = [...trials, ...mutants.flatMap(({ first }) => first ?? [])]
  expect(all.filter(({ arena }) => !isArena(arena))).toEqual([])
})

test('mutants are made of guards, awaited commits and neighbours', () => {
  const source = [
    '  if (a && b) return c',
    '  await this.truth.commit([x])',
    '  this.#one = 1',
    '  this.two(3)',
    '  const four = 4',
    '',
  ].join('\n')
  const made = changesIn('src/a.ts', source).map(({ name, replace }) => [name, replace])
  expect(made).toEqual([
    ['guard negated, a.ts:1', '  if (!(a && b)) return c\n'],
    ['awaited commit dropped, a.ts:2', '  this.truth.commit([x]).catch(() => {})\n'],
    ['neighbours swapped, a.ts:2', '  this.#one = 1\n  await this.truth.commit([x])\n'],
    ['neighbours swapped, a.ts:3', '  this.two(3)\n  this.#one = 1\n'],
  ])
})
