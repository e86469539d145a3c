import { once } from 'node:events'
import { mkdirSync, mkdtempDisposableSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { reportingMailbox } from '../../src/cli/broker-reports.ts'
import { openDevices } from '../../src/cli/devices.ts'
import { realMachine } from '../../src/cli/machine.ts'
import { readSettings } from '../../src/cli/settings.ts'
import { Reports } from '../../src/kernel/drivers/reports.ts'
import { manualMachine, settled } from '../../src/kernel/manual-machine.ts'
import { Metrics } from '../../src/kernel/samples/metrics.ts'
import type { Mailbox } from '../../src/store/mailbox.ts'
import { MailboxThread } from '../../src/store/mailbox-thread.ts'
import { StoreError } from '../../src/store/truth.ts'
import { deviceOf } from '../crash/devices.ts'
import { known, site } from '../crash/fair-packs.ts'
import { Boxes } from '../kernel/boxes.ts'

const shown = (reports: Reports) => reports.all().map(({ name, state }) => `${name} ${state}`)
const write = [{ do: 'forget', site, topic: 'a' }] as const

async function open(boxes: Boxes, mailbox: string) {
  const test_ = boxes.make('box')
  await test_.start()
  await test_.box.found(site)
  const machine = { ...realMachine(), log: () => {} }
  const samples = { add: () => {}, dropped: () => 0 } as never
  const metrics = new Metrics({ machine, samples, box: test_.box.id, now: () => null })
  const reports = new Reports(() => test_.box.time())
  const ports = { 'mqtt-port': await freePort(), 'mqtt-ws-port': await freePort() }
  const settings = readSettings({}, { host: '127.0.0.1', ...ports })
  const door = await openDevices(settings, {
    box: test_.box,
    known,
    machine,
    metrics,
    mailbox,
    reports,
    deviceOf,
    shown: undefined,
    siteBroker: undefined,
  })
  return { door, reports }
}

async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return String(port)
}

test('HTTP-13 the broker says on which ports it hears devices, and that what waits is kept', async () => {
  await using boxes = new Boxes()
  using folder = mkdtempDisposableSync(join(tmpdir(), 'regie-reports-'))
  const { door, reports } = await open(boxes, join(folder.path, 'mqtt.db'))
  expect(shown(reports)).toEqual(['mailbox ok', 'mqtt ok', 'mqtt over websocket ok'])
  expect(reports.all()[1]?.words.en).toBe(`Devices are heard on port ${door?.port}.`)
  await door?.close()
})

test('HTTP-13 a mailbox that cannot be read lets no device in, and says so', async () => {
  await using boxes = new Boxes()
  using folder = mkdtempDisposableSync(join(tmpdir(), 'regie-reports-'))
  // A folder is no mailbox.
  mkdirSync(join(folder.path, 'mqtt.db'))
  const { door, reports } = await open(boxes, join(folder.path, 'mqtt.db'))
  expect(door).toBeUndefined()
  expect(shown(reports)).toEqual(['mailbox failing'])
  expect(reports.all()[0]?.words.en).toMatch(/until the next start/)
})

test('HTTP-13 a mailbox fails until it keeps something again', async () => {
  using folder = mkdtempDisposableSync(join(tmpdir(), 'regie-reports-'))
  const { timers } = realMachine()
  const path = join(folder.path, 'mqtt.db')
  mkdirSync(path)
  const reports = new Reports(() => [0, null, 0])
  const mailbox = reportingMailbox(new MailboxThread(path, timers), timers, reports)
  await expect(mailbox.commit(write)).rejects.toThrow(StoreError)
  expect(shown(reports)).toEqual(['mailbox failing'])
  rmSync(path, { recursive: true })
  const again = reportingMailbox(new MailboxThread(path, timers), timers, reports)
  await again.commit(write)
  expect(shown(reports)).toEqual(['mailbox ok'])
  await mailbox.close()
  await again.close()
  await expect(again.commit(write)).rejects.toThrow(/closed/)
  expect(shown(reports)).toEqual(['mailbox ok'])
})

test('HTTP-13 a mailbox that takes nothing for 10 s is slow, and good when it does', async () => {
  const time = manualMachine()
  const reports = new Reports(() => [time.machine.clock.mono(), null, 0])
  const { promise, resolve } = Promise.withResolvers<void>()
  const { promise: other, resolve: resolveOther } = Promise.withResolvers<void>()
  const stalls = [promise, other]
  /** A disk that stalls for as long as the test wants. */
  const disk = { commit: () => stalls.shift() ?? Promise.resolve(), close: async () => {} }
  const mailbox = reportingMailbox(disk as unknown as Mailbox, time.machine.timers, reports)
  const kept = [mailbox.commit(write), mailbox.commit(write)]
  time.pass(9_999)
  expect(shown(reports)).toEqual([])
  time.pass(1)
  expect(shown(reports)).toEqual(['mailbox degraded'])
  resolve()
  await settled()
  expect(shown(reports)).toEqual(['mailbox ok'])
  time.pass(20_001)
  expect(shown(reports)).toEqual(['mailbox degraded'])
  resolveOther()
  await Promise.all(kept)
  expect(shown(reports)).toEqual(['mailbox ok'])
  time.pass(30_000)
  expect(shown(reports)).toEqual(['mailbox ok'])
  await mailbox.close()
})
