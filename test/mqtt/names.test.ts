import { expect, test } from 'vitest'
import { doorHere } from './door-of.ts'
import { bytes } from './raw-client.ts'

/** Session expiry of an hour. */
const kept = [0x11, 0, 0, 0x0e, 0x10]

test('MQTT-13 a device that takes a new client id at each connection keeps no other device out', async () => {
  await using here = await doorHere({ sessions: 10, sessionsOfOne: 4 })
  const signIn = async (id: string, client: string) => {
    const raw = here.client()
    const { body } = await raw.signIn({ id, client, clean: false, properties: kept })
    return { raw, code: body[1], isPresent: body[0] === 1 }
  }
  const stays = await signIn('gate-1', 'stays')
  for (let index = 0; index < 15; index += 1) {
    const { raw, code } = await signIn('gate-1', `random ${index}`)
    expect(code).toBe(0)
    raw.send(bytes.disconnect)
    await raw.until(({ isClosed }) => isClosed, 'a closed line')
  }
  expect(here.door.status().sessions).toBe(4)
  expect(stays.raw.isClosed).toBe(false)
  expect((await signIn('gate-1', 'random 14')).isPresent).toBe(true)
  expect((await signIn('gate-1', 'random 0')).isPresent).toBe(false)
  expect((await signIn('gate-2', 'other')).code).toBe(0)
})

test('MQTT-6 half of a character in the key of an act is refused, and no act beside it fails', async () => {
  await using here = await doorHere()
  const client = here.client()
  await client.signIn({ id: 'till-1' })
  const grant = (id: string) => `{"id":"${id}","tag":"v1","cents":1}`
  client.send(
    bytes.subscribe(5, 1, 'tills/till-1/answer'),
    bytes.publish(5, 'tills/till-1/grant', grant('good'), 2),
    bytes.publish(5, 'tills/till-1/grant', grant('half \\ud800'), 3),
    bytes.publish(5, 'tills/till-1/grant', grant('as good'), 4),
  )
  await client.until((each) => each.of(3).length === 3 && each.of(4).length === 3, 'three answers')
  const answers = client.of(3).map(({ body }) => /"is":"(\w+)"/.exec(body.toString())?.[1])
  expect(answers.filter((is) => is === 'answered')).toHaveLength(2)
  expect(answers).toContain('refused')
  expect(here.said.filter((line) => line.startsWith('error'))).toEqual([])
})
