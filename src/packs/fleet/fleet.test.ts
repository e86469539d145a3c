import { beforeEach, expect, test } from 'vitest'
import type { Instant } from '../../kernel/instant.ts'
import type { Told } from '../../kernel/pack/pack.ts'
import { rowsInMemory } from '../../kernel/pack/rows.example.ts'
import type { RowsOf } from '../../kernel/pack/table.ts'
import { kernelPack } from '../../kernel/site/kernel-pack.ts'
import { apply, retime } from './apply.ts'
import { fleet } from './pack.ts'
import { queries } from './queries.ts'
import type { tables } from './tables.ts'
import { topics } from './topics.ts'

let rows: RowsOf<typeof tables>
/** What the log knows of each boot: undefined stands for nothing. */
let offsets: Record<string, number | undefined>

beforeEach(() => {
  rows = rowsInMemory<typeof tables>(fleet)
  offsets = { here: 1_000, there: 2_000 }
})

const timeOf =
  (boot: string): Told<unknown>['timeOf'] =>
  ([mono]) => {
    const offset = offsets[boot]
    return offset === undefined ? { ms: null, quality: 0 } : { ms: mono + offset, quality: 3 }
  }

function says(
  boot: string,
  mono: number,
  state: 'ready' | 'busy' | 'needsHelp' | 'off',
  text?: string,
): void {
  const at: Instant = [mono, null, 0]
  const told = { at, n: 1, i: 0, from: undefined, who: undefined, boot, timeOf: timeOf(boot) }
  const timer = { set: () => {}, cancel: () => {} }
  apply.device(rows, { ...told, timer, body: { device: 'printer', state, ...(text ? { text } : {}) } })
}

const shown = () => queries.devices.run(rows, {}, () => [])

test('the last state of a device is shown, with what it said and when', () => {
  says('here', 1, 'ready')
  says('here', 2, 'needsHelp', 'out of paper')
  expect(shown()).toEqual([{ device: 'printer', state: 'needsHelp', text: 'out of paper', at: 1_002 }])
  says('here', 3, 'ready')
  expect(shown()).toEqual([{ device: 'printer', state: 'ready', text: null, at: 1_003 }])
})

test('what comes late from a box that was cut off changes nothing, unless a time is not known', () => {
  says('there', 10, 'ready')
  says('here', 20, 'needsHelp')
  expect(shown()).toMatchObject([{ state: 'ready', at: 2_010 }])
  offsets = { there: 2_000 }
  says('here', 20, 'needsHelp')
  expect(shown()).toMatchObject([{ state: 'needsHelp', at: null }])
})

test('when more is known of a boot, its rows are timed again', () => {
  offsets = {}
  says('here', 5, 'busy')
  expect(shown()).toMatchObject([{ at: null }])
  offsets = { here: 7_000 }
  retime(rows, 'there', timeOf('there'))
  expect(shown()).toMatchObject([{ at: null }])
  retime(rows, 'here', timeOf('here'))
  expect(shown()).toMatchObject([{ at: 7_005 }])
})

test('a device speaks for itself, whatever its payload says, and a state that there is not is none', () => {
  const topic = topics.state
  if (topic.is !== 'record' || !('parse' in topic.payload)) throw new Error('it is a record of JSON')
  const payload = topic.payload.parse({ state: 'off', id: 'a1', device: 'other' })
  const message = { payload, levels: { device: 'printer' }, device: 'printer', again: false }
  expect(topic.facts(message)).toEqual([{ kind: 'device', body: { device: 'printer', state: 'off' } }])
  expect(topic.id?.(message)).toBe('a1')
  for (const bad of [{}, { state: 'broken' }, { state: 'off', text: '' }, { state: 'off', id: '' }])
    expect(topic.payload.safeParse(bad).success).toBe(false)
})

test('a name that the kernel has is not taken again: both are asked for under the fleet', () => {
  for (const name of Object.keys(fleet.actions)) expect(kernelPack.actions).not.toHaveProperty([name])
  for (const name of Object.keys(fleet.queries ?? {})) expect(kernelPack.queries).not.toHaveProperty([name])
})
