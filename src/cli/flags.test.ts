import { expect, test } from 'vitest'
import { readFlags } from './flags.ts'

const read = (...args: string[]) => readFlags('start', args, { port: 'string', json: 'boolean' })

test('flags are read in both spellings', () => {
  expect(read('--port', '1', '--json')).toEqual({ port: '1', json: true })
  expect(read('--port=2')).toEqual({ port: '2' })
  expect(read()).toEqual({})
})

test.each([
  [['--prt', '1'], 'regie start does not know “--prt”'],
  [['-p'], 'regie start does not know “-p”'],
  [['folder'], 'regie start does not know “folder”'],
  [['--json=yes'], 'regie start does not know “--json=yes”'],
  [['--port'], '--port needs a value'],
  [['--port='], '--port needs a value'],
])('%j is refused in words', (args, words) => expect(() => read(...args)).toThrow(words))
