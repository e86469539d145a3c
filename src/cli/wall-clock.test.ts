import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { manualMachine, settled } from '../kernel/manual-machine.ts'
import type { Vouch } from '../kernel/machine.ts'
import { floorOf, saveTime } from './saved-time.ts'
import { vouchOfChrony, vouchOfFiles, vouchOfPrograms } from './time-sources.ts'
import { WallClock } from './wall-clock.ts'

const now = 1_800_000_000_000
let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'regie-clock-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function file(name: string, text: string, at = now): void {
  const path = join(folder, name)
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, text)
  utimesSync(path, at / 1000, at / 1000)
}

describe('what the system says of its clock', () => {
  test('CLOCK-15 nothing is there: nothing is vouched for', async () => {
    expect(vouchOfFiles(now, folder)).toBeNull()
    expect(await vouchOfPrograms(async () => '')).toBeNull()
  })

  test('CLOCK-15 systemd-timesyncd has set it not long ago', () => {
    file('run/systemd/timesync/synchronized', '', now - 60_000)
    expect(vouchOfFiles(now, folder)).toEqual({ within: 250, by: 'network' })
    expect(vouchOfFiles(now + 86_400_000, folder)).toBeNull()
    // The clock has gone back since: what was true then says nothing now.
    expect(vouchOfFiles(now - 86_400_000, folder)).toBeNull()
  })

  test('CLOCK-15 a hardware clock counts if the system was set from it', () => {
    file('sys/class/rtc/rtc0/hctosys', '0\n')
    expect(vouchOfFiles(now, folder)).toBeNull()
    file('sys/class/rtc/rtc0/hctosys', '1\n')
    expect(vouchOfFiles(now, folder)).toEqual({ within: 4000, by: 'hardware' })
  })

  const line = (leap: string) =>
    `C0A80101,192.168.1.1,2,1800000000.1,-0.000300,0.000010,0.000020,-17.5,0.001,0.05,0.008000,0.001200,64.2,${leap}\n`
  test('CLOCK-15 chrony says how well it is set', () => {
    expect(vouchOfChrony(line('Normal'))).toEqual({ within: 7, by: 'network' })
    expect(vouchOfChrony(line('Not synchronised'))).toBeNull()
    for (const text of ['', '506 Cannot talk to daemon', 'a,b', line('Normal').replace('0.008000', 'x')])
      expect(vouchOfChrony(text)).toBeNull()
  })

  test('CLOCK-15 systemd is asked where there is no chrony', async () => {
    const asked: string[] = []
    const ask = async (program: string) => {
      asked.push(program)
      return program === 'timedatectl' ? 'yes\n' : ''
    }
    expect(await vouchOfPrograms(ask)).toEqual({ within: 250, by: 'network' })
    expect(asked).toEqual(['chronyc', 'timedatectl'])
  })

  test('CLOCK-15 the programs of this machine answer soon, or are passed over', async () => {
    const said = await vouchOfPrograms()
    expect(said === null || said.by === 'network').toBe(true)
  })
})

describe('the wall clock', () => {
  function clockAt(system: number, said: Vouch | null = { within: 5, by: 'network' }) {
    const { machine, pass } = manualMachine()
    const state = { system, asked: 0, file: null as Vouch | null }
    const programs = async () => {
      state.asked += 1
      return said
    }
    const clock = new WallClock({
      system: () => state.system,
      mono: machine.clock.mono,
      floor: now,
      files: () => state.file,
      programs,
    })
    return { clock, state, pass }
  }

  test('CLOCK-15 a machine that wakes up in 1970 goes on from its floor, and vouches for nothing', async () => {
    const { clock, state, pass } = clockAt(3000)
    expect([clock.wall(), clock.vouch()]).toEqual([now, null])
    pass(5000)
    expect(clock.wall()).toBe(now + 5000)
    await settled()
    state.system = now + 90_000
    expect(clock.wall()).toBe(now + 90_000)
  })

  test('CLOCK-15 programs are asked once a minute and not waited for; the surer of both counts', async () => {
    const { clock, state, pass } = clockAt(now + 1)
    state.file = { within: 250, by: 'network' }
    expect(clock.vouch()).toEqual({ within: 250, by: 'network' })
    await settled()
    expect(clock.vouch()).toEqual({ within: 5, by: 'network' })
    expect(state.asked).toBe(1)
    pass(60_000)
    state.system += 60_000
    clock.vouch()
    await settled()
    expect(state.asked).toBe(2)
  })
})

test('CLOCK-15 the time is saved, and the next start knows that it is later', async () => {
  const { machine, pass } = manualMachine()
  expect(floorOf(folder)).toBeGreaterThan(Date.UTC(2024, 0))
  const stop = saveTime(folder, machine)
  const saved = () => readFileSync(join(folder, 'clock'), 'utf8')
  await expect.poll(saved).toBe(`${now}\n`)
  expect(floorOf(folder)).toBe(now)
  pass(60_000)
  await expect.poll(saved).toBe(`${now + 60_000}\n`)
  stop()
  writeFileSync(join(folder, 'clock'), 'garbage')
  expect(floorOf(folder)).toBeLessThan(now)
})
