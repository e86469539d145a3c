// Every topic that the broker of a real box has, said and read by every device: what is not in the table is red.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { WebSocket, createWebSocketStream } from 'ws'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bytes, RawClient } from '../mqtt/raw-client.ts'
import { filters, neverSent, roles, topics } from './expected.ts'
import { elsewhere, password, Scene, site } from './scene.ts'

/** Reason codes that somebody hears who may not; the last two: such filters there are for nobody. */
const refusals = [0x87, 0x8f, 0x9e]
const version = { mqtt: 4, mqttv5: 5 } as const
type Way = 'tcp' | 'websocket'

let scene: Scene
let idle = ''
const tokens = new Map<string, string>()
const clients: RawClient[] = []
beforeAll(async () => {
  scene = await Scene.open()
  for (const role of roles) tokens.set(role, (await scene.token(role, role, [site])).token)
  // They have a role at one of the two sites, and a token for the other.
  tokens.set('lead-abroad', (await scene.token('lead', 'lead-abroad', [elsewhere])).token)
  tokens.set('stranger-here', (await scene.token('stranger', 'stranger-here', [site])).token)
  tokens.set('stranger', (await scene.token('stranger', 'stranger', [elsewhere])).token)
  idle = await scene.tokenOfSuspended('idle')
  tokens.set('unlisted', (await scene.token('lead', 'unlisted', [site], 90, ['boxes'])).token)
}, 120_000)
afterAll(() => scene[Symbol.asyncDispose]())

async function stand(way: Way): Promise<RawClient> {
  const { mqtt = 0, mqttWs = 0 } = scene.program.ports
  if (way === 'tcp') return kept(new RawClient(mqtt))
  const socket = new WebSocket(`ws://127.0.0.1:${mqttWs}/mqtt`, 'mqtt')
  await once(socket, 'open')
  const stream = createWebSocketStream(socket)
  socket.on('close', () => stream.destroy())
  return kept(new RawClient(stream))
}

function kept(client: RawClient): RawClient {
  clients.push(client)
  return client
}

async function signIn(way: Way, v: 4 | 5, id: string, secret = tokens.get(id)): Promise<RawClient> {
  const client = await stand(way)
  const connack = await client.signIn({
    version: v,
    id,
    client: `${id} ${clients.length}`,
    password: secret ?? null,
  })
  if (connack.body[1] !== 0) throw new Error(`${id} is not let in: ${connack.body[1]}`)
  return client
}

const named = (topic: string, device: string) => topic.replace('{device}', device)

/** What becomes of a message; 3.1.1 has no other word for "not for you" than a closed line. */
async function publish(way: Way, v: 4 | 5, id: string, topic: string): Promise<'in' | 'no'> {
  const client = await signIn(way, v, id)
  // Right in its form for none of the topics that are JSON: who may, hears that, and nothing is done.
  client.send(bytes.publish(v, named(topic, id), Uint8Array.of(0xff), 1))
  await client.until((each) => each.isClosed || each.of(4).length === 1, 'PUBACK')
  const [ack] = client.of(4)
  client.cut()
  return !ack || refusals.includes(ack.body[2] ?? 0) ? 'no' : 'in'
}

async function subscribe(
  way: Way,
  v: 4 | 5,
  id: string,
  all: readonly string[],
): Promise<readonly ('in' | 'no')[]> {
  const client = await signIn(way, v, id)
  for (const [at, filter] of all.entries()) client.send(bytes.subscribe(v, at + 1, named(filter, id)))
  await client.until((each) => each.of(9).length === all.length, 'SUBACK')
  const codes = client.of(9).map(({ body }) => body.at(-1) ?? 0)
  client.cut()
  return codes.map((code) => (code < 3 ? 'in' : 'no'))
}

const isAmong = (who: (typeof filters)[string], role: string) =>
  typeof who === 'object' && who.some((each) => each === role) ? 'in' : 'no'

test('MQTT-1 the broker has the topics that the table names, and no other', () => {
  expect(scene.program.topics.toSorted()).toEqual(Object.keys(topics).toSorted())
})

const ways = [
  ['tcp', version.mqttv5],
  ['tcp', version.mqtt],
  ['websocket', version.mqttv5],
  ['websocket', version.mqtt],
] as const

describe.each(ways)('by %s, protocol level %i', (way, v) => {
  test.each(roles)('MQTT-14 a device of a %s says what the table lets it say', async (role) => {
    const seen = new Map<string, string>()
    const wanted = new Map<string, string>()
    for (const [name, { topic, publish: who }] of Object.entries(topics)) {
      seen.set(name, await publish(way, v, role, topic))
      wanted.set(name, isAmong(who, role))
    }
    for (const topic of neverSent) {
      seen.set(topic, await publish(way, v, role, topic))
      wanted.set(topic, 'no')
    }
    expect(Object.fromEntries(seen)).toEqual(Object.fromEntries(wanted))
  })

  test.each(roles)('MQTT-14 a device of a %s reads what the table lets it read', async (role) => {
    const all = [
      ...Object.values(topics).map(({ topic, subscribe: who }) => [topic, who] as const),
      ...Object.entries(filters),
    ]
    const seen = await subscribe(
      way,
      v,
      role,
      all.map(([filter]) => filter),
    )
    const outcome = all.map(([filter], at) => [filter, seen[at]])
    expect(outcome).toEqual(all.map(([filter, who]) => [filter, isAmong(who, role)]))
  })

  // They have no role where their token speaks, or a token that lists no topic.
  test.each(['lead-abroad', 'stranger-here', 'unlisted'])(
    'MQTT-14 the device %s comes in, and says and reads nothing',
    async (id) => {
      for (const { topic } of Object.values(topics)) expect(await publish(way, v, id, topic)).toBe('no')
      const all = Object.values(topics).map(({ topic }) => topic)
      expect(await subscribe(way, v, id, all)).toEqual(all.map(() => 'no'))
    },
  )
})

describe.each(['tcp', 'websocket'] as const)('by %s', (way) => {
  test('MQTT-2 who shows nothing, or what counts no more, is not let in', async () => {
    const { token: nowhere } = await scene.token('owner', 'nowhere', null)
    const { token: both } = await scene.token('owner', 'both', [site, elsewhere])
    const good = tokens.get('owner') ?? ''
    const cookie = (scene.headers('owner')['cookie'] ?? '').replace(/^.*regie_session=([^;]+).*$/, '$1')
    const expired = (scene.headers('expired token')['authorization'] ?? '').replace('Bearer ', '')
    const shown: Readonly<Record<string, readonly [id: string, secret: string | null]>> = {
      'no secret': ['owner', null],
      'an empty one': ['owner', ''],
      'his password': ['owner', password],
      'a session': ['owner', cookie],
      'a token that was revoked': ['gone', await scene.revokedToken('owner', 'gone', [site])],
      'a token that is over': ['old', expired],
      'a token that was made up': ['owner', `rgt_${'A'.repeat(43)}`],
      'a token of a suspended account': ['idle', idle],
      'a token of no one site': ['nowhere', nowhere],
      'a token of two sites': ['both', both],
      'the token of another device': ['lead', good],
    }
    for (const v of Object.values(version))
      for (const [what, [id, secret]] of Object.entries(shown)) {
        const client = await stand(way)
        const { type, body } = await client.signIn({ version: v, id, client: what, password: secret })
        expect([what, type, [0x86, 0x87, 4, 5].includes(body[1] ?? 0)]).toEqual([what, 2, true])
        await client.until(({ isClosed }) => isClosed, `${what} is sent away`)
      }
  })
})

test('MQTT-14 what is said at one site is heard at no other', async () => {
  const here = await signIn('tcp', 5, 'viewer')
  here.send(bytes.subscribe(5, 1, '#'))
  await here.until((each) => each.of(9).length === 1, 'SUBACK')
  const lamp = (n: number) => JSON.stringify({ on: true, n })
  const there = await signIn('tcp', 5, 'stranger')
  there.send(bytes.publish(5, 'lamps/left/set', lamp(1), 1))
  await there.until((each) => each.of(4).length === 1, 'PUBACK')
  expect(there.of(4)[0]?.body[2] ?? 0).toBe(0)
  const own = await signIn('tcp', 5, 'volunteer')
  own.send(bytes.publish(5, 'lamps/left/set', lamp(2), 1))
  await here.until((each) => each.of(3).some(({ body }) => body.includes('lamps/left/set')), 'the message')
  const heard = here.of(3).map(({ body }) => body.toString('latin1'))
  expect(heard.filter((text) => text.includes('lamps/')).map((text) => /"n":\d/.exec(text)?.[0])).toEqual([
    '"n":2',
  ])
})

test('MQTT-1 a topic of which nobody says who may use it, fails the start', { timeout: 60_000 }, async () => {
  const program = fileURLToPath(new URL('./box/open-topic.ts', import.meta.url))
  const child = spawn(process.execPath, [program], { stdio: ['ignore', 'ignore', 'pipe'] })
  let words = ''
  child.stderr.on('data', (part: Buffer) => (words += part.toString()))
  const [code] = (await once(child, 'close')) as [number]
  expect(code).not.toBe(0)
  expect(words).toContain('fair.open: nobody may; name a role')
})
