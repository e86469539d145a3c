import { randomInt } from 'node:crypto'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { Dice } from '../../src/world/random.ts'
import { arrived, ledgerProblems } from './ledger-check.ts'
import type { Does } from './paho.ts'
import { PahoDevice } from './paho.ts'
import { Proxy } from './proxy.ts'
import { startMqttBox } from './tools.ts'

const troubleMs = 10_000

test('MQTT-4 MQTT-5 MQTT-6 MQTT-8 clients, network and box killed: what was acknowledged is there, and counts once', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'regie-mqtt-'))
  const seed = process.env['REGIE_CRASH_SEED'] ?? String(randomInt(1_000_000))
  console.log(`mqtt crash test, seed ${seed}`)
  const dice = new Dice(seed)
  const { box, port: boxPort } = await startMqttBox(folder.path, dice)
  const proxy = new Proxy(boxPort)
  const port = await proxy.open()
  const does: readonly Does[] = ['read', 'reading', 'lamp', 'grant', 'listen']
  const devices = ([4, 5] as const).flatMap((version) =>
    does.map((what) => {
      const id = `${what === 'listen' ? 'screen' : what}-${version}`
      return new PahoDevice({ id, does: what, version, port })
    }),
  )
  let kills = 0
  try {
    const listeners = devices.filter(({ options }) => options.does === 'listen')
    const senders = devices.filter(({ options }) => options.does !== 'listen')
    for (const group of [listeners, senders]) {
      for (const device of group) device.start()
      await Promise.all(group.map((device) => device.ready()))
    }
    const until = performance.now() + troubleMs
    while (performance.now() < until) {
      await pause(dice.int(100, 700))
      const what = dice.pick(['box', 'network', 'client', 'listener and box'])
      const away = what === 'listener and box' ? dice.pick(listeners) : undefined
      await away?.kill()
      if (away) await pause(200)
      if (what === 'network') await proxy.cut(dice.int(0, 200), dice.int(0, 200))
      else if (what === 'client') {
        const device = dice.pick(devices)
        await device.kill()
        device.start()
      } else {
        kills += 1
        await box.kill()
        await pause(dice.int(0, 300))
        box.start()
        if (!(await box.ready())) throw new Error(`the box did not start again: ${box.words.join(' | ')}`)
        await pause(400)
      }
      away?.start()
    }
    await Promise.all(senders.map((device) => device.leave()))
    await arrived(listeners, senders)
    await Promise.all(listeners.map((device) => device.leave()))
    await box.stop()
    const { problems, words } = ledgerProblems(box.folder, devices)
    const deviceKills = devices.reduce((sum, device) => sum + device.kills, 0)
    console.log(`box killed ${kills}, network cut ${proxy.cuts}, clients killed ${deviceKills}; ${words}`)
    expect([...problems, ...box.words].slice(0, 20)).toEqual([])
    expect(kills).toBeGreaterThan(0)
  } finally {
    proxy.close()
    await Promise.all(devices.map((device) => device.kill()))
    await box.kill()
  }
}, 120_000)
