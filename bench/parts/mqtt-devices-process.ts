import { percentile } from './figure.ts'
import type { Says } from './mqtt-device.ts'
import { Device } from './mqtt-device.ts'
import type { FromDevices, Kind, ToDevices } from './mqtt-words.ts'

/** Many devices in a process of their own, so that the broker is not charged with their work. */
let devices: readonly Device[] = []

const says: Readonly<Record<Kind, (device: number) => Says>> = {
  records: (device) => (count) => [`gates/g${device}/read`, `{"tag":"ada","at":${count},"hits":${count}}`],
  messages: (device) => (count) => [`lamps/l${device}/set`, `{"on":true,"n":${count}}`],
}

async function publish(kind: Kind, window: number, ms: number): Promise<FromDevices> {
  const waits: number[] = []
  const from = performance.now()
  const until = from + ms
  let inTime = 0
  const took = (each: number) => {
    waits.push(each)
    if (performance.now() < until) inTime += 1
  }
  await Promise.all(devices.map((device, number) => device.publish(says[kind](number), window, until, took)))
  const sorted = waits.toSorted((a, b) => a - b)
  return {
    is: 'published',
    rate: (inTime * 1000) / ms,
    messages: waits.length,
    p99: percentile(sorted, 99),
  }
}

async function carryOut(words: ToDevices): Promise<FromDevices> {
  switch (words.do) {
    case 'connect':
      devices = await Promise.all(
        Array.from({ length: words.count }, (_, number) => Device.open(words.port, `device-${number}`)),
      )
      return { is: 'done' }
    case 'leave':
      await Device.leaveSession(words.port, 'screen', 'lamps/#')
      return { is: 'done' }
    case 'publish':
      return publish(words.kind, words.window, words.ms)
  }
}

process.on('message', (words: ToDevices) => void carryOut(words).then((answer) => process.send?.(answer)))
process.on('disconnect', () => process.exit())
