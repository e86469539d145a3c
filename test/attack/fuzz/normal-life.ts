import { setTimeout as rest } from 'node:timers/promises'
import { Wire } from '../../live/wire.ts'
import { bytes, RawClient } from '../../mqtt/raw-client.ts'
import type { AttackedBox } from '../box/attacked-box.ts'
import { password, site } from '../box/attacked-box.ts'
import type { Target } from './target.ts'

/** A person signs in, reads live and is told what a person and a device then do. What does not work, in words. */
export async function normalLife(box: AttackedBox, target: Target, when: string): Promise<readonly string[]> {
  try {
    await live(box, target, when)
    return []
  } catch (error) {
    return [
      `${when} the attack a normal client fails: ${error instanceof Error ? error.stack : String(error)}`,
    ]
  }
}

async function live(box: AttackedBox, { devices, mqtt }: Target, when: string): Promise<void> {
  const cookie = await signIn(box)
  const headers = { cookie, origin: box.origin, 'content-type': 'application/json' }
  const tag = `normal-${when}`
  using wire = await Wire.open(box.said.port, { headers: { cookie, origin: box.origin } })
  wire.read('mine', 'fair.wallet', { input: { tag } })
  await wire.hears({ t: 'reading', id: 'mine' })
  const body = JSON.stringify({ tag, cents: 7 })
  const paid = await fetch(`${box.origin}/api/fair/grant?site=${site}`, { method: 'POST', headers, body })
  if (paid.status !== 200) throw new Error(`it grants nothing: ${paid.status} ${await paid.text()}`)
  await heardOf(wire, { tag, cents: 7 })
  const [device] = devices
  for (const version of [4, 5] as const) {
    const client = new RawClient(mqtt)
    const { id = '', token: secret = '' } = device ?? {}
    const connack = await client.signIn({ version, id, client: 'normal', password: secret })
    if (connack.body[1] !== 0) throw new Error(`a device is not let in: ${connack.body[1]}`)
    const message = JSON.stringify({ id: `${tag}-${version}`, tag, cents: version })
    client.send(bytes.publish(version, `tills/${id}/grant`, message, 1))
    await client.until((each) => each.of(4).length === 1, 'PUBACK')
    client.cut()
  }
  await heardOf(wire, { tag, cents: 16 })
}

async function heardOf(wire: Wire, row: object): Promise<void> {
  const wanted = JSON.stringify(row)
  for (let tries = 0; tries < 200; tries += 1) {
    const isTold = wire.heard.some(
      (each) =>
        (each.t === 'rows' && each.rows.some((found) => JSON.stringify(found) === wanted)) ||
        (each.t === 'change' && each.put.some((found) => JSON.stringify(found) === wanted)),
    )
    if (isTold) return
    await rest(50)
  }
  throw new Error(`${wanted} was not told, but ${JSON.stringify(wire.heard.slice(-3))}`)
}

async function signIn(box: AttackedBox): Promise<string> {
  const answer = await fetch(`${box.origin}/api/fleet/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login: 'owner', secret: password }),
  })
  if (answer.status !== 200) throw new Error(`nobody can sign in: ${answer.status} ${await answer.text()}`)
  return answer.headers
    .getSetCookie()
    .map((each) => each.split(';', 1)[0])
    .join('; ')
}
