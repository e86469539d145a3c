import { mkdtempDisposableSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { realMachine } from '../../src/cli/machine.ts'
import type { MqttDoor, MqttParts } from '../../src/doors/mqtt/door.ts'
import { openMqtt } from '../../src/doors/mqtt/door.ts'
import type { MqttLimits } from '../../src/doors/mqtt/limits.ts'
import { usualMqtt } from '../../src/doors/mqtt/limits.ts'
import type { Level } from '../../src/kernel/machine.ts'
import { MailboxThread } from '../../src/store/mailbox-thread.ts'
import { deviceOf } from '../crash/devices.ts'
import { known, site } from '../crash/fair-packs.ts'
import type { TestBox } from '../kernel/boxes.ts'
import { Boxes } from '../kernel/boxes.ts'
import { RawClient } from './raw-client.ts'

export type Here = AsyncDisposable & {
  readonly door: MqttDoor
  readonly test: TestBox
  readonly said: string[]
  readonly client: () => RawClient
}

/** A box and its broker in this process, for what needs no kill. */
export async function doorHere(
  limits: Partial<MqttLimits> = {},
  more: Pick<MqttParts, 'secure' | 'siteBroker'> = {},
): Promise<Here> {
  const ends = new AsyncDisposableStack()
  const folder = ends.use(mkdtempDisposableSync(join(tmpdir(), 'regie-mqtt-')))
  const boxes = ends.use(new Boxes())
  const test = boxes.make('box')
  await test.start()
  await test.box.found(site)
  const said: string[] = []
  const log = (level: Level, text: string) => void said.push(`${level} ${text}`)
  const machine = { ...realMachine(), log }
  const door = await openMqtt({
    box: test.box,
    known,
    machine,
    mailbox: new MailboxThread(join(folder.path, 'mqtt.db'), machine.timers),
    deviceOf,
    limits: { ...usualMqtt, ...limits },
    host: '127.0.0.1',
    port: 0,
    wsPort: undefined,
    ...more,
  })
  ends.defer(() => door.close())
  return {
    door,
    test,
    said,
    client: () => {
      const client = new RawClient(door.port ?? 0)
      ends.defer(() => client.cut())
      return client
    },
    [Symbol.asyncDispose]: () => ends.disposeAsync(),
  }
}
