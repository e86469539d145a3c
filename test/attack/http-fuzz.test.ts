// Random and mutated requests at every action and query: answered in words, never with a mistake of ours.
import type { InjectOptions } from 'fastify'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { Dice } from '../../src/world/random.ts'
import { ApiServer } from '../api/api-server.ts'
import { Boxes, known } from '../kernel/boxes.ts'
import { json, mutated, wild } from './wild.ts'

const tries = Number(process.env['REGIE_FUZZ'] ?? 40_000)
/** Each may write 120 times a minute. */
const visitors = Math.ceil(tries / 100)

test(
  `${tries} requests, none of which is answered with a mistake of ours`,
  { timeout: 3_600_000 },
  async () => {
    await using boxes = new Boxes()
    await using api = await ApiServer.keeping(boxes, 'fair', 'other')
    const dice = new Dice(process.env['REGIE_FUZZ_SEED'] ?? 'http')
    for (let index = 0; index < visitors; index += 1)
      api.let(`ada${index}`, { fair: ['owner', 'lead'], other: index % 2 === 0 ? ['manager'] : [] })
    const seen = new Map<number, number>()
    const bad: unknown[] = []
    let granted = 0
    for (let index = 0; index < tries; index += 1) {
      const who = `ada${index % visitors}`
      const request = dice.chance(0.75) ? anAction(dice) : aQuery(dice)
      const headers = { ...request.headers, 'test-visitor': who, host: 'localhost' }
      const answer = await api.server.inject({ ...request, headers })
      seen.set(answer.statusCode, (seen.get(answer.statusCode) ?? 0) + 1)
      if (answer.statusCode === 200 && request.method === 'POST') granted += 1
      const isWell = answer.statusCode < 500 && isInWords(answer.statusCode, answer.body)
      if (!isWell) bad.push({ index, status: answer.statusCode, body: answer.body.slice(0, 300), request })
      if (bad.length > 3) break
    }
    expect(bad).toEqual([])
    expect(api.host.site('fair').role).toBe('keeping')
    expect(api.host.site('fair').viewLag).toBe(0)
    // Else it would have tried nothing but the first line of defence.
    expect(granted).toBeGreaterThan(tries / 200)
    expect(seen.get(400)).toBeGreaterThan(tries / 10)
  },
)

/** Whoever is refused hears why, and what to do. */
function isInWords(status: number, body: string): boolean {
  if (status < 400) return true
  const { code, title, doThis } = JSON.parse(body) as Readonly<Record<string, unknown>>
  return [code, title, doThis].every((each) => typeof each === 'string' && each !== '')
}

const actions = [...known.actions.values()]
const queries = [...known.queries.values()]
const schemas = new Map<z.ZodType, object>()

function schemaOf(type: z.ZodType): object {
  const made = schemas.get(type) ?? z.toJSONSchema(type, { unrepresentable: 'any', io: 'input' })
  schemas.set(type, made)
  return made
}

const pathOf = (pack: string, name: string): string =>
  `/api/${pack === 'kernel' ? `fleet/${name}` : name.replace('.', '/')}`

function anAction(dice: Dice): InjectOptions {
  const { pack, name, action } = dice.pick(actions)
  const whole = json(wild(dice, schemaOf(action.input), dice.pick([0, 0.05, 0.3])))
  const payload = dice.chance(0.3) ? mutated(dice, Buffer.from(whole)) : whole
  const type = dice.chance(0.05)
    ? dice.pick(['text/plain', 'application/json; charset=latin1', '*'])
    : 'application/json'
  const key = dice.chance(0.3)
    ? { 'idempotency-key': dice.pick(['k1', 'k2', ' ', 'é', 'x'.repeat(300)]) }
    : {}
  const query = site(dice)
  return {
    method: 'POST',
    url: pathOf(pack.name, name),
    query,
    payload,
    headers: { 'content-type': type, ...key },
  }
}

function aQuery(dice: Dice): InjectOptions {
  const { pack, name, query: asked } = dice.pick(queries)
  const input = wild(dice, schemaOf(asked.input), dice.pick([0, 0.1, 0.4])) as Readonly<
    Record<string, unknown>
  > | null
  const fields = Object.entries(input ?? {}).map(([field, value]) => [
    field,
    String(json(value)).slice(0, 500),
  ])
  const more = dice.chance(0.3)
    ? {
        limit: dice.pick(['0', '-1', '500', '501', '1e9', 'x']),
        after: dice.pick(['', '["x"]', '[', 'null']),
      }
    : {}
  const form = dice.pick(['', '', '', '.csv', '.json'])
  const url = `${pathOf(pack.name, name)}${form}`
  return { method: 'GET', url, query: { ...Object.fromEntries(fields), ...more, ...site(dice) }, headers: {} }
}

function site(dice: Dice): Record<string, string> {
  if (dice.chance(0.1)) return {}
  return { site: dice.pick(['fair', 'fair', 'fair', 'other', 'nowhere', '', '../x', 'é', '__proto__']) }
}
