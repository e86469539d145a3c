import type { Apply, Retime } from '../../kernel/pack/pack.ts'
import type { facts } from './facts.ts'
import type { tables } from './tables.ts'

export const apply: Apply<typeof facts, typeof tables> = {
  device: (rows, { body: { device, state, text }, at, boot, timeOf }) => {
    const last = rows.devices.get(device)
    const row = { device, state, text: text ?? null, boot, at, ...timeOf(at) }
    // It comes late, from a box that was cut off: the device has said something newer to another.
    if (last && last.ms !== null && row.ms !== null && row.ms < last.ms) return
    rows.devices.put(row)
  },
}

export const retime: Retime<typeof tables> = (rows, boot, timeOf) => {
  for (const row of rows.devices.list('byBoot', boot)) rows.devices.put({ ...row, ...timeOf(row.at) })
}
