// Random and mutated requests at all that the doors do themselves, by an owner's browser, at a real box.
import { expect, test } from 'vitest'
import { z } from 'zod'
import { known } from '../../src/cli/known.ts'
import { realMachine } from '../../src/cli/machine.ts'
import { accountDoor } from '../../src/doors/accounts/account-door.ts'
import { accountRoutes } from '../../src/doors/accounts/routes.ts'
import type { DoorRoute } from '../../src/doors/api/door-route.ts'
import { Dice } from '../../src/world/random.ts'
import { ConsoleBox, site } from '../console/console-box.ts'
import { json, mutated, wild } from './fuzz/wild.ts'

const tries = Number(process.env['REGIE_FUZZ_DOORS'] ?? 600)
const machine = realMachine({ write: () => {}, isTTY: false, least: 'error' })
const routes = accountRoutes({ door: accountDoor(machine, known), known, machine, reach: () => [] })

test(
  `DOOR-1 ${tries} requests at the routes of the doors, none answered with a mistake of ours`,
  { timeout: 3_600_000 },
  async () => {
    await using box = new ConsoleBox()
    const marie = await box.withOwner()
    const dice = new Dice(process.env['REGIE_FUZZ_SEED'] ?? 'doors')
    const seen = new Map<number, number>()
    const bad: unknown[] = []
    for (let index = 0; index < tries && bad.length < 4; index += 1) {
      // So that what is refused is not only how often it is asked; a session lasts for 12 hours.
      if (index % 20 === 19) box.shiftMs += 30_000
      const { method, path, query, payload } = aRequest(dice, dice.pick(routes))
      const answer = await fetch(`${box.origin}${path}?${new URLSearchParams(query)}`, {
        method,
        headers: {
          cookie: marie.cookie,
          origin: box.origin,
          ...(method === 'GET' ? {} : { 'content-type': 'application/json' }),
          ...(dice.chance(0.3) ? { 'idempotency-key': dice.pick(['k1', 'k2', 'x'.repeat(300)]) } : {}),
        },
        ...(method === 'GET' ? {} : { body: Buffer.from(payload) }),
      })
      const text = await answer.text()
      seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1)
      if (answer.status >= 500 || !isInWords(answer.status, text))
        bad.push({ index, status: answer.status, text: text.slice(0, 300), method, path, query, payload })
    }
    expect(bad).toEqual([])
    expect(seen.get(400)).toBeGreaterThan(tries / 5)
    expect((seen.get(200) ?? 0) + (seen.get(204) ?? 0)).toBeGreaterThan(tries / 50)
    // Nobody took the house from her meanwhile.
    expect((await marie.get('session')).body).toMatchObject({ login: 'marie', roles: [{ role: 'owner' }] })
  },
)

function isInWords(status: number, text: string): boolean {
  if (status < 400) return true
  const { code, title, doThis } = JSON.parse(text) as Readonly<Record<string, unknown>>
  return [code, title, doThis].every((each) => typeof each === 'string' && each !== '')
}

function aRequest(dice: Dice, { method, path, input }: DoorRoute) {
  const schema: object = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' })
  const made = wild(dice, schema, dice.pick([0, 0.1, 0.4]))
  const whole = json(made)
  const isRead = method === 'GET'
  // More does not fit into an address.
  const fields = Object.entries((isRead ? made : {}) as Readonly<Record<string, unknown>>).slice(0, 20)
  const at = dice.chance(0.5) ? { site: dice.pick([site, 'fleet', 'nowhere', '', '../x', '__proto__']) } : {}
  const name = dice.pick(['abcd0123', 'x', '%00', '__proto__', 'A'.repeat(43), encodeURIComponent('é/é')])
  return {
    method,
    path: path.replace(/:[a-z]+/, name),
    query: {
      ...Object.fromEntries(fields.map(([field, value]) => [field, String(json(value)).slice(0, 300)])),
      ...at,
    },
    payload: dice.chance(0.3) ? mutated(dice, Buffer.from(whole)) : whole,
  }
}
