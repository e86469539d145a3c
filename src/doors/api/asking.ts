import type { FastifyRequest } from 'fastify'
import { randomId } from '../../kernel/machine.ts'
import type { Random } from '../../kernel/machine.ts'
import type { ActionAny } from '../../kernel/pack/pack.ts'
import { Trouble } from '../errors.ts'
import { keyHeader } from '../http-errors.ts'
import type { Schema } from './fields.ts'
import { expectFit, expectKnown, fieldsOf, schemaOf } from './fields.ts'

/** What is sent has no more levels than this: nothing that reads it runs out of stack. */
const mostLevels = 32
/** Names under which older clients send the key in the body, where the action has no such field. */
const keyFields = ['id', 'req_id'] as const
const goodKey = /^[!-~](?:[ -~]{0,198}[!-~])?$/

type Asks = Pick<FastifyRequest, 'body' | 'headers'>
export type Asking = { readonly key: string; readonly input: unknown }

/** The key and the input of a request for an action. Throws a Trouble. */
export function askingIn(request: Asks, { input }: Pick<ActionAny, 'input'>, random: Random): Asking {
  const { body } = request
  expectFlat(body)
  const schema = schemaOf(input)
  const { key, rest } = keyIn(request, schema, body)
  expectKnown(schema, rest)
  expectFit(input, rest)
  return { key: key ?? randomId(random, 26), input: rest }
}

function keyIn(request: Asks, schema: Schema, body: unknown) {
  const inHeader = request.headers[keyHeader]
  let key = inHeader === undefined ? undefined : expectKey(inHeader, keyHeader)
  const fields = fieldsOf(schema)
  if (!fields || typeof body !== 'object' || body === null || Array.isArray(body)) return { key, rest: body }
  const rest: Record<string, unknown> = { ...body }
  for (const name of keyFields) {
    if (Object.hasOwn(fields, name) || !Object.hasOwn(rest, name)) continue
    const given = rest[name]
    const inBody = expectKey(typeof given === 'number' ? String(given) : given, name)
    if (key !== undefined && key !== inBody) throw Trouble.of('key_twice', {}).with({ field: name })
    key = inBody
    delete rest[name]
  }
  return { key, rest }
}

/** Fits into a header, and into the log. */
export const isKey = (text: string): boolean => goodKey.test(text)

function expectKey(given: unknown, field: string): string {
  if (typeof given !== 'string' || !isKey(given)) throw Trouble.of('key_invalid', {}).with({ field })
  return given
}

function expectFlat(body: unknown): void {
  let level: readonly unknown[] = [body]
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > mostLevels) throw Trouble.of('body_too_deep', { most: mostLevels })
    level = level.flatMap((each) => (typeof each === 'object' && each !== null ? Object.values(each) : []))
  }
}
