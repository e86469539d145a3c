import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { ClientMarks } from './client-marks.ts'

const random = { bytes: (size: number) => randomBytes(size) }

test('ACCOUNT-7 a browser’s mark is known again, and none can be made up', () => {
  const marks = new ClientMarks(random)
  const mark = marks.make()
  expect(marks.read(mark)).toMatch(/^[A-Za-z0-9_-]{22}$/)
  expect(new ClientMarks(random).read(mark)).toBeUndefined()
  const [name = ''] = mark.split('.')
  expect(marks.read(`${name}.${'A'.repeat(43)}`)).toBeUndefined()
  expect(marks.read(name)).toBeUndefined()
  expect(marks.read(undefined)).toBeUndefined()
  expect(marks.make()).not.toBe(mark)
})
