// Every topic that the packs of the real program declare, tried by devices that act for everybody.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as rest } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { known } from '../../src/cli/known.ts'
import { realMachine } from '../../src/cli/machine.ts'
import type { Program } from '../../src/cli/program.ts'
import { startProgram } from '../../src/cli/program.ts'
import { readSettings } from '../../src/cli/settings.ts'
import { doLocal } from '../../src/doors/local.ts'
import { Dice } from '../../src/world/random.ts'
import { freePort } from '../crash/ports.ts'
import { bytes, RawClient } from '../mqtt/raw-client.ts'
import { roles, topics } from './expected.ts'

const password = 'correct horse battery'
const [site, elsewhere] = ['one', 'two'] as const
const [mayNot, granted] = [0x87, 1]

let data = ''
let program: Program
let port = 0
const tokens = new Map<string, string>()
const by = async (name: string, input: unknown): Promise<unknown> => (await doLocal(data, name, input))?.done

/** A device that acts for an account, with a token that names every topic and what stands behind it. */
async function addDevice(
  name: string,
  login: string,
  allow: readonly string[],
  at: string = site,
): Promise<string> {
  const made = (await by('token add', { login, name, allow, sites: [at] })) as {
    readonly id: string
    readonly token: string
  }
  tokens.set(name, made.token)
  return made.id
}

beforeAll(async () => {
  data = join(mkdtempSync(join(tmpdir(), 'regie-attack-')), 'data')
  port = await freePort(new Dice(`topics ${process.pid}`))
  const flags = { data, port: '0', 'mqtt-port': String(port), 'mqtt-ws-port': '0', host: '127.0.0.1' }
  program = await startProgram({
    settings: readSettings({}, flags),
    machine: realMachine({ write: () => {}, isTTY: false, least: 'error' }),
    listening: () => {},
  })
  const about = { organisation: 'Club', language: 'en', zone: 'UTC', name: 'Owner', site, siteName: 'One' }
  await by('setup', { ...about, login: 'owner', password })
  await by('site add', { site: elsewhere, name: 'Two', zone: 'UTC', exercise: false })
  const all = known.topics.flatMap(({ name, behind }) => (behind ? [name, behind.name] : [name]))
  for (const role of roles) {
    const at = role === 'manager' ? null : site
    if (role !== 'owner')
      await by('account add', { login: role, name: role, language: 'en', role, site: at, password })
    await addDevice(role, role, all)
  }
  await by('account add', { login: 'late', name: 'Late', language: 'en', role: 'lead', site, password })
  await addDevice('lead-elsewhere', 'lead', all, elsewhere)
  await addDevice('bare-token', 'lead', ['boxes'])
  await by('token revoke', { token: await addDevice('revoked-token', 'lead', all) })
  await addDevice('suspended-account', 'late', all)
  await by('account suspend', { login: 'late' })
  tokens.set('no-token', 'rgt_none')
}, 60_000)
afterAll(async () => {
  await program.stop()
  rmSync(join(data, '..'), { recursive: true })
})

/** The door hears of a token a moment after it was written. Undefined: it is not let in. */
async function signIn(id: string, isKnown: boolean): Promise<RawClient | undefined> {
  for (let tries = 0; ; tries += 1) {
    const client = new RawClient(port)
    const { body } = await client.signIn({ id, client: id, password: tokens.get(id) ?? '' })
    if (body[1] === 0) return client
    client.cut()
    if (!isKnown || tries > 100) return undefined
    await rest(50)
  }
}

const own = (filter: string, device: string) => filter.replace('{device}', device)

/** The codes that a device hears for sending and for reading each topic. */
async function heard(client: RawClient, device: string) {
  const found: Record<string, { send: number; read: number }> = {}
  for (const [at, { name, topic }] of known.topics.entries()) {
    const id = at + 1
    client.send(bytes.publish(5, own(topic.filter, device), '"nothing declared"', id, 2))
    client.send(bytes.subscribe(5, id, own(topic.filter, device)))
    await client.until((one) => one.of(4).length === id && one.of(9).length === id, name)
    const [sent, asked] = [client.of(4)[at]?.body, client.of(9)[at]?.body]
    found[name] = { send: sent?.[2] ?? 0, read: asked?.at(-1) ?? 0 }
  }
  return found
}

/** Who may send hears that the payload is none: nothing is recorded. */
const badPayload = 0x99
const may = (who: readonly string[] | string | undefined, role: string): boolean =>
  typeof who === 'object' && who.includes(role)

test.each(roles)('a device that acts for the %s may what the table says, and no more', async (role) => {
  const client = await signIn(role, true)
  if (!client) throw new Error('it is not let in')
  const wanted = Object.entries(topics).map(([name, { send, read }]) => [
    name,
    { send: may(send, role) ? badPayload : mayNot, read: may(read, role) ? granted : mayNot },
  ])
  expect(await heard(client, role)).toEqual(Object.fromEntries(wanted))
  // Nobody speaks for another.
  client.send(bytes.publish(5, 'devices/somebody-else/state', '{"state":"ready"}', 60_000, 2))
  await client.until((one) => one.of(4).length > known.topics.length, 'PUBACK')
  expect(client.of(4).at(-1)?.body[2]).toBe(mayNot)
  client.cut()
})

test.each(['lead-elsewhere', 'bare-token'])('%s comes in, and may nothing', async (id) => {
  const client = await signIn(id, true)
  if (!client) throw new Error('it is not let in')
  const all = await heard(client, id)
  expect(Object.values(all).filter(({ send, read }) => send !== mayNot || read !== mayNot)).toEqual([])
  client.cut()
})

test.each(['revoked-token', 'suspended-account', 'no-token'])('%s does not come in', async (id) => {
  expect(await signIn(id, false)).toBeUndefined()
})
