import { z } from 'zod'
import { directActs, directNames } from '../../../src/kernel/site/direct.ts'
import type { Dice } from '../../../src/world/random.ts'
import { known } from '../box/known.ts'
import type { Answer } from './answers.ts'
import { answersIn, headerIn } from './answers.ts'
import type { Acked, Target } from './target.ts'
import { Line } from './line.ts'
import type { Tries } from './tally.ts'
import { diceOf, Tally, throughAll } from './tally.ts'
import { json, mutated, wild } from './wild.ts'

/** So many requests are sent at once on one line, and answered in their order. */
const together = 8
const lines = 12
const slowMs = 60_000

type Asked = {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers: readonly string[]
  readonly body: Uint8Array
  readonly site: string | undefined
}

/** Random and mutated requests at every action and query, by those who may ask them. */
export async function attackHttp(target: Target, tries: Tries): Promise<Tally> {
  const tally = new Tally('http')
  const batches = {
    ...tries,
    from: Math.floor(tries.from / together),
    count: Math.ceil(tries.count / together),
  }
  const open = new Map<number, Line>()
  await throughAll(batches, lines, tally, async (batch, slot) => {
    let left = Array.from({ length: together }, (_, at) => {
      const index = batch * together + at
      const token = target.tokens[index % target.tokens.length] ?? ''
      return { index, token, asked: aRequest(diceOf(tries, 'http', index)) }
    })
    // A box closes the line after a body that is no JSON: what came behind that is asked again.
    while (left.length > 0) {
      const line = open.get(slot) ?? new Line(target.port)
      open.set(slot, line)
      const before = line.heard.length
      await line.say([Buffer.concat(left.map(({ asked, token }) => bytesOf(asked, token)))])
      let answers: readonly Answer[] = []
      const ending = await line.until(
        (heard) => (answers = answersIn(heard.subarray(before)).answers).length >= left.length,
        slowMs,
      )
      for (const [at, answer] of answers.entries()) {
        const one = left[at]
        if (one) hold(tally, one.index, one.asked, answer, target.acked)
      }
      const [first] = left
      if (first && answers.length === 0) {
        const { asked, index } = first
        return tally.wrong(
          index,
          `no answer (${target.ended ?? ending}) to ${asked.method} ${asked.path} ${Buffer.from(asked.body).toString()}`,
        )
      }
      left = left.slice(answers.length)
      const isLast = answers.some((answer) => headerIn(answer, 'connection') === 'close')
      if (ending === 'done' && !isLast && line.heard.length < 100_000) continue
      // A line is used for some time, and then another.
      open.delete(slot)
      line.cut()
    }
  })
  for (const line of open.values()) line.cut()
  return tally
}

/** Where 503 is specified: what is asked may be asked again. */
const mayBeAway = ['box_busy', 'outcome_unknown', 'views_away', 'too_slow']

function hold(tally: Tally, index: number, asked: Asked, answer: Answer, acked: Acked): void {
  const { status, body } = answer
  const about = () =>
    `${status} ${body.slice(0, 300)} to ${asked.method} ${asked.path} ${Buffer.from(asked.body).toString().slice(0, 500)}`
  if (status < 400) {
    tally.saw(`${asked.method} ${status}`)
    const key = headerIn(answer, 'idempotency-key')
    if (asked.method !== 'POST' || status !== 200 || key === undefined) return
    acked.decided(asked.site ?? '', (JSON.parse(body) as { readonly n: number }).n, key)
    return
  }
  const problem = problemIn(body)
  tally.saw(`${status}${status >= 500 ? ` ${problem?.code}` : ''}`)
  if (!problem) tally.wrong(index, `not in words: ${about()}`)
  else if (status === 503 ? !mayBeAway.includes(problem.code) : status >= 500 && problem.code !== 'disk_full')
    tally.wrong(index, about())
}

/** Whoever is refused hears why, and what to do. */
function problemIn(body: string): { readonly code: string } | undefined {
  try {
    const { code, title, doThis } = JSON.parse(body) as Readonly<Record<string, unknown>>
    const isSaid = [code, title, doThis].every((each) => typeof each === 'string' && each !== '')
    return isSaid ? { code: String(code) } : undefined
  } catch {
    return undefined
  }
}

export function bytesOf({ method, path, headers, body }: Asked, token: string): Buffer {
  const head = [
    `${method} ${path} HTTP/1.1`,
    'Host: localhost',
    `Authorization: Bearer ${token}`,
    ...headers,
    ...(method === 'POST' ? [`Content-Length: ${body.length}`] : []),
  ]
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'utf8'), body])
}

const actions = [
  ...[...known.actions.values()]
    .filter(({ allow }) => !allow.every((role) => role === 'itself'))
    .map(({ pack, name, action: { input } }) => ({ pack, name, input })),
  ...directNames.map((name) => ({ pack: known.kernel, name, input: directActs[name].input })),
]
const queries = [...known.queries.values()].filter(({ allow }) => !allow.every((role) => role === 'itself'))
const schemas = new Map<z.ZodType, object>()

export function schemaOf(type: z.ZodType): object {
  const made = schemas.get(type) ?? z.toJSONSchema(type, { unrepresentable: 'any', io: 'input' })
  schemas.set(type, made)
  return made
}

const pathOf = (pack: string, name: string): string =>
  `/api/${pack === 'kernel' ? `fleet/${name}` : name.replace('.', '/')}`
const queryOf = (fields: Readonly<Record<string, string>>): string => {
  const text = new URLSearchParams(fields).toString()
  return text === '' ? '' : `?${text}`
}

export const aRequest = (dice: Dice): Asked => (dice.chance(0.7) ? anAction(dice) : aQuery(dice))

function anAction(dice: Dice): Asked {
  const { pack, name, input } = dice.pick(actions)
  const whole = json(wild(dice, schemaOf(input), dice.pick([0, 0, 0.05, 0.3])))
  const body = dice.chance(0.2) ? mutated(dice, Buffer.from(whole)) : Buffer.from(whole)
  const type = dice.chance(0.05)
    ? dice.pick(['text/plain', 'application/json; charset=latin1', '*'])
    : 'application/json'
  const key = dice.chance(0.3)
    ? [`Idempotency-Key: ${dice.pick(['k1', 'k2', ' ', 'é', 'x'.repeat(300)])}`]
    : []
  const at = site(dice)
  const path = `${pathOf(pack.name, name)}${queryOf(at)}`
  return { method: 'POST', path, headers: [`Content-Type: ${type}`, ...key], body, site: at.site }
}

function aQuery(dice: Dice): Asked {
  const { pack, name, query } = dice.pick(queries)
  const input = wild(dice, schemaOf(query.input), dice.pick([0, 0.1, 0.4])) as Readonly<
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
  const at = site(dice)
  const path = `${pathOf(pack.name, name)}${form}${queryOf({ ...Object.fromEntries(fields), ...more, ...at })}`
  return { method: 'GET', path, headers: [], body: Buffer.alloc(0), site: at.site }
}

function site(dice: Dice): { readonly site?: string } {
  if (dice.chance(0.8)) return { site: 'fair' }
  if (dice.chance(0.3)) return {}
  return { site: dice.pick(['fleet', 'fleet', 'nowhere', '', '../x', 'é', '__proto__']) }
}
