import { z } from 'zod'
import type { Pack } from '../../kernel/pack/pack.ts'
import { raw, topicsOf } from '../../kernel/pack/topic.ts'
import type { facts } from './facts.ts'
import { account, amount } from './facts.ts'
import { fair } from './pack.ts'

const { record, act, pass, tell } = topicsOf<typeof facts>()
const devices = ['volunteer'] as const
const readers = ['viewer'] as const

/** What the devices of a fair say and hear. Only the doors' tests have them: worlds speak no MQTT. */
export const topics = {
  /** A gate that counts says of each token which one it was, so that saying it again changes nothing. */
  read: record('gates/{gate}/read', {
    payload: z.object({ tag: account, at: z.int(), hits: z.int().positive() }),
    publish: devices,
    id: ({ payload, levels }) => `${levels.gate} ${payload.hits}`,
    facts: ({ payload, levels }) => [{ kind: 'seen', body: { ...payload, gate: levels.gate } }],
  }),
  /** A sensor has no names for its readings. Who likes may listen. */
  reading: record('sensors/{device}/reading', {
    payload: z.object({ count: z.int().positive(), value: z.number() }),
    publish: devices,
    subscribe: readers,
    facts: ({ payload, device }) => [{ kind: 'reading', body: { ...payload, sensor: device } }],
  }),
  pay: act('tills/{device}/pay', {
    payload: z.object({ id: z.string().max(40).optional(), tag: account, stall: account, cents: amount }),
    publish: devices,
    action: 'pay',
    key: ({ payload }) => payload.id,
    input: ({ payload: { tag, stall, cents } }) => ({ tag, stall, cents }),
    reply: 'tills/{device}/answer',
  }),
  grant: act('tills/{device}/grant', {
    payload: z.object({ id: z.string().max(40), tag: account, cents: amount }),
    publish: devices,
    action: 'grant',
    key: ({ payload }) => payload.id,
    input: ({ payload: { tag, cents } }) => ({ tag, cents }),
    reply: 'tills/{device}/answer',
    answer: (answer, { payload }) => ({ id: payload.id, ...answer }),
  }),
  lamp: pass('lamps/{lamp}/set', {
    payload: z.object({ on: z.boolean(), n: z.int().optional() }),
    publish: devices,
    subscribe: readers,
    retain: true,
  }),
  note: pass('notes/{device}', { payload: raw(64 * 1024), publish: devices, subscribe: readers }),
  /** For one device alone. */
  whisper: pass('whispers/{device}', { payload: raw(100), publish: devices, subscribe: readers, own: true }),
  status: pass('devices/{device}/status', {
    payload: raw(16),
    publish: devices,
    subscribe: readers,
    retain: true,
  }),
  books: tell('books/{account}', { subscribe: readers, query: 'books', input: {} }),
}

export const fairWithTopics: Pack = { ...fair, topics }
