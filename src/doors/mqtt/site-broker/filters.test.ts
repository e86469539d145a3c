import { expect, test } from 'vitest'
import { know } from '../../../kernel/pack/kinds.ts'
import { mayWith } from '../../../kernel/pack/roles.ts'
import { kernelPack } from '../../../kernel/site/kernel-pack.ts'
import { fleet } from '../../../packs/fleet/pack.ts'
import type { Device } from '../device.ts'
import { Routes } from '../routes.ts'
import { heardFrom, Prefix, toldTo } from './filters.ts'

const { topics } = know(kernelPack, [fleet])
const routes = new Routes(topics)
/** A device whose token names these. */
const device = (id: string, allow: readonly string[]): Device => ({
  kind: 'device',
  who: id,
  id,
  site: 'one',
  may: ({ name, allow: roles }, site) => site === 'one' && allow.includes(name) && mayWith(['lead'], roles),
})
const devices = (allow: readonly string[]) => [device('hall', allow), device('printer', allow)]

test('MQTT-18 only what the token names is listened to, for the broker and each device that the setting names', () => {
  const heard = heardFrom(topics, routes, devices(['fleet.state']))
  expect(heard.map(({ filter }) => filter)).toEqual(['devices/hall/state', 'devices/printer/state'])
  expect(heardFrom(topics, routes, devices(['fleet.told', 'fleet.devices']))).toEqual([])
})

test('MQTT-19 only what the token names is told, and the answers of its devices', () => {
  const replies = ['reply/hall/#', 'reply/printer/#']
  expect(toldTo(topics, routes, devices(['fleet.state']))).toEqual(replies)
  expect(toldTo(topics, routes, devices(['fleet.told', 'fleet.devices']))).toEqual(['devices/+', ...replies])
  // Who may not ask the query behind it hears nothing of it.
  expect(toldTo(topics, routes, devices(['fleet.told']))).toEqual(replies)
})

test('MQTT-17 topics have the prefix there, and what does not have it is none of ours', () => {
  const prefix = new Prefix('club/')
  expect(prefix.there('devices/a')).toBe('club/devices/a')
  expect(prefix.here('club/devices/a')).toBe('devices/a')
  expect(prefix.here('devices/a')).toBeUndefined()
  expect(prefix.here('clubs/devices/a')).toBeUndefined()
})
