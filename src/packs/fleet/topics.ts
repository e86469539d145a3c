import { z } from 'zod'
import { topicsOf } from '../../kernel/pack/topic.ts'
import type { facts } from './facts.ts'
import { state as aState, text as aText } from './facts.ts'

const { record, tell } = topicsOf<typeof facts>()

export const topics = {
  /** A device that gives its message an `id` may send it again, and it counts once. */
  state: record('devices/{device}/state', {
    payload: z.object({ state: aState, text: aText.optional(), id: z.string().min(1).max(40).optional() }),
    publish: ['installer', 'volunteer'],
    id: ({ payload }) => payload.id,
    facts: ({ payload, device }) => [
      { kind: 'device', body: { device, state: payload.state, text: payload.text } },
    ],
  }),
  /** How it is, for other devices and screens. */
  told: tell('devices/{device}', {
    subscribe: ['viewer'],
    query: 'devices',
    input: {},
    payload: ({ state, text, at }) => ({ state, text, at }),
  }),
}
