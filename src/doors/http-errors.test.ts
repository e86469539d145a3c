import type { FastifyError } from 'fastify'
import { expect, test } from 'vitest'
import { troubleOf } from './http-errors.ts'

test('HTTP-11 a reader that goes in the middle of a file is no mistake of the box', () => {
  const said: string[] = []
  const log = (level: string, text: string) => void said.push(`${level} ${text}`)
  const gone: FastifyError = Object.assign(new Error('Premature close'), {
    code: 'ERR_STREAM_PREMATURE_CLOSE',
    name: 'Error',
  })
  troubleOf(gone, log)
  expect(said).toEqual([])
  troubleOf(Object.assign(new Error('odd'), { code: 'X', name: 'Error' }), log)
  expect(said).toHaveLength(1)
})
