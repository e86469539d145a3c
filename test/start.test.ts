// The whole program as a person or a supervisor meets it: a real process on a real folder.
import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { realMachine } from '../src/cli/machine.ts'
import type { Program } from '../src/cli/program.ts'
import { startProgram } from '../src/cli/program.ts'
import { readSettings } from '../src/cli/settings.ts'
import { parseIdentity } from '../src/kernel/link/identity.ts'

let root = ''
let data = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'regie-start-'))
  data = join(root, 'data')
})
afterEach(() => rmSync(root, { recursive: true }))

type Event = Readonly<Record<string, string | number>>

const anyPort = { REGIE_PORT: '0', REGIE_MQTT_PORT: '0', REGIE_MQTT_WS_PORT: '0' }

type Started = {
  readonly child: ChildProcess
  readonly events: Event[]
  readonly until: (name: string) => Promise<Event>
  readonly ended: Promise<{ code: number | null; error: string }>
}

function regie(args: readonly string[], env: Readonly<Record<string, string>> = {}): Started {
  const child = spawn(process.execPath, ['bin/regie.ts', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, LANG: 'C.UTF-8', REGIE_DATA: data, ...anyPort, ...env },
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const events: Event[] = []
  const heard: (() => void)[] = []
  createInterface(child.stdout).on('line', (line) => {
    if (line.startsWith('{')) events.push(JSON.parse(line) as Event)
    for (const tell of heard) tell()
  })
  let error = ''
  child.stderr.on('data', (text: Buffer) => (error += text.toString()))
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, error }))
  const until = (name: string) =>
    new Promise<Event>((resolve, reject) => {
      const look = () => {
        const found = events.find(({ event }) => event === name)
        if (found) resolve(found)
      }
      heard.push(look)
      look()
      void ended.then(() => reject(new Error(`ended without ${name}: ${error}`)))
    })
  return { child, events, until, ended }
}

async function output(args: readonly string[]) {
  const { child, ended } = regie(args)
  let text = ''
  child.stdout?.on('data', (part: Buffer) => (text += part.toString()))
  return { ...(await ended), text }
}

const start = (env?: Readonly<Record<string, string>>) => regie(['start', '--json'], env)

async function running(env?: Readonly<Record<string, string>>) {
  const started = start(env)
  const { port } = await started.until('listening')
  const { box } = await started.until('running')
  return { ...started, box, port, url: `http://127.0.0.1:${port}` }
}

async function readyWithin(url: string, ms: number): Promise<readonly number[]> {
  const seen: number[] = []
  const end = performance.now() + ms
  while (performance.now() < end) {
    const { status } = await fetch(`${url}/ready`)
    seen.push(status)
    if (status === 200) break
  }
  return seen
}

test('a fresh folder: not ready, then ready, with a page to look at', async () => {
  const started = start()
  const { port } = await started.until('listening')
  const url = `http://127.0.0.1:${port}`
  const seen = await readyWithin(url, 5000)
  expect([seen[0], seen.at(-1)]).toEqual([503, 200])
  expect((await fetch(`${url}/live`)).status).toBe(200)
  const { box } = await started.until('running')
  const page = await (await fetch(url, { headers: { 'accept-language': 'fr' } })).text()
  expect(page).toContain(String(box))
  expect(page).toContain('Pas encore de site')
})

test('LIVE-17 LIVE-22 whoever reads live is told when the program stops, and does not hold it up', async () => {
  const { child, port, ended } = await running()
  const socket = new WebSocket(`ws://127.0.0.1:${port}/api/live`)
  const heard = new Promise<MessageEvent>((resolve) => (socket.onmessage = resolve))
  const closed = new Promise<CloseEvent>((resolve) => (socket.onclose = resolve))
  socket.onopen = () => socket.send('{"t":"beat","count":0}')
  expect(JSON.parse(String((await heard).data))).toMatchObject({ t: 'beat' })
  child.kill('SIGTERM')
  expect(await closed).toMatchObject({ code: 1001, reason: 'stopping' })
  expect((await ended).code).toBe(0)
})

test('it is reached over IPv6 and IPv4', async () => {
  const { port } = await running()
  expect((await fetch(`http://127.0.0.1:${port}/live`)).status).toBe(200)
  expect((await fetch(`http://[::1]:${port}/live`)).status).toBe(200)
})

describe('stopping', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    '%s ends it with 0 in under 2 s, whoever is connected',
    async (signal) => {
      const { child, url, port, ended } = await running()
      // A browser keeps its connection; another program opens one and says nothing; a box holds a link.
      await fetch(url)
      const { connect } = await import('node:net')
      const silent = connect(Number(port), '127.0.0.1')
      silent.on('error', () => {})
      await once(silent, 'connect')
      const link = new WebSocket(`ws://127.0.0.1:${port}/link`)
      await once(link, 'open')
      const begin = performance.now()
      child.kill(signal)
      expect((await ended).code).toBe(0)
      expect(performance.now() - begin).toBeLessThan(2000)
      silent.destroy()
    },
  )

  test('a signal during the start ends it too', async () => {
    const started = start()
    await started.until('listening')
    started.child.kill('SIGTERM')
    expect((await started.ended).code).toBe(0)
  })
})

test('after kill -9 it starts again as the same box', async () => {
  const first = await running()
  first.child.kill('SIGKILL')
  await first.ended
  const second = await running()
  expect(second.box).toBe(first.box)
  expect((await readyWithin(second.url, 5000)).at(-1)).toBe(200)
  second.child.kill('SIGTERM')
  const { error } = await second.ended
  expect(error).toContain(`process ${first.child.pid} ended without stopping`)
})

describe('what keeps it from starting is said in words', () => {
  async function refusal(env: Readonly<Record<string, string>> = {}) {
    const { ended, events } = start(env)
    const { code, error } = await ended
    expect(error).not.toMatch(/^\s+at /m)
    return { code, error, trouble: events.find(({ event }) => event === 'error')?.['code'] }
  }

  test('the port is taken', async () => {
    const other = createServer().listen(0, '0.0.0.0')
    await once(other, 'listening')
    onTestFinished(() => void other.close())
    const { port } = other.address() as AddressInfo
    const { code, error, trouble } = await refusal({ REGIE_PORT: String(port) })
    expect([code, trouble]).toEqual([1, 'port_taken'])
    expect(error).toContain(`Port ${port} is already used`)
    expect(error).toContain(`REGIE_PORT=${port + 1}`)
    // The folder was let go of.
    await running()
  })

  test('in French', async () => {
    const { error } = await refusal({ LANG: 'fr_FR.UTF-8', REGIE_DATA: '/proc/regie' })
    expect(error).toContain('Le dossier de données /proc/regie n’est pas accessible en écriture')
  })

  test('the folder cannot be written', async () => {
    expect(await refusal({ REGIE_DATA: '/proc/regie' })).toMatchObject({
      code: 1,
      trouble: 'folder_unwritable',
    })
    writeFileSync(data, 'a file')
    expect(await refusal()).toMatchObject({ code: 1, trouble: 'folder_unwritable' })
  })

  test('a newer Regie wrote the folder', async () => {
    mkdirSync(data)
    writeFileSync(join(data, 'format'), '99\n')
    expect(await refusal()).toMatchObject({ code: 1, trouble: 'folder_newer' })
  })

  test('another process uses the folder', async () => {
    const first = await running()
    const { code, error, trouble } = await refusal()
    expect([code, trouble]).toEqual([1, 'folder_in_use'])
    expect(error).toContain(`process ${first.child.pid}`)
    expect((await fetch(`${first.url}/ready`)).status).toBe(200)
  })

  test('the store is damaged', async () => {
    const first = await running()
    first.child.kill('SIGTERM')
    await first.ended
    writeFileSync(join(data, 'truth.db'), 'nothing that a database would say'.repeat(500))
    const before = readFileSync(join(data, 'truth.db'))
    expect(await refusal()).toMatchObject({ code: 1, trouble: 'store_damaged' })
    expect(readFileSync(join(data, 'truth.db')).equals(before)).toBe(true)
  })

  test('a setting is wrong', async () => {
    expect(await refusal({ REGIE_PORT: 'http' })).toMatchObject({ code: 2, trouble: 'setting_invalid' })
    expect(await refusal({ REGIE_HOST: '203.0.113.9' })).toMatchObject({ code: 1, trouble: 'host_unknown' })
  })
})

test('two boxes share a site over a real link, and stop with nothing left open', async () => {
  const programs = await Promise.all(['a', 'b'].map((name) => openProgram(join(root, name))))
  const [a, b] = programs as [Opened, Opened]
  await a.box.found('race')
  await a.box.assign('race', { box: b.box.id, publicKey: b.publicKey, small: false })
  const address = `ws://127.0.0.1:${a.port}/link`
  await b.box.serve('race', { address, box: a.box.id, publicKey: a.publicKey })
  const chains = () => programs.map(({ box }) => box.status().sites[0]?.chain)
  await vi.waitFor(() => expect(new Set(chains()).size).toBe(1), 5000)
  expect(chains()[0]).not.toBe('')
  for (const { port } of programs) {
    expect((await readyWithin(`http://127.0.0.1:${port}`, 5000)).at(-1)).toBe(200)
  }
  await Promise.all(programs.map(({ stop }) => stop()))
  // The folders can be opened again at once.
  const again = await openProgram(join(root, 'a'))
  await again.stop()
})

type Opened = Program & { readonly publicKey: string }

async function openProgram(folder: string): Promise<Opened> {
  const settings = readSettings(
    {},
    { data: folder, port: '0', 'mqtt-port': '0', 'mqtt-ws-port': '0', host: '127.0.0.1', log: 'error' },
  )
  const program = await startProgram({ settings, machine: realMachine(), listening: () => {} })
  const { publicKey } = parseIdentity(readFileSync(join(folder, 'identity'), 'utf8'))
  return { ...program, publicKey }
}

describe('the command line', () => {
  test('a mistyped command is met with the one that was meant', async () => {
    const { code, error } = await regie(['strat']).ended
    expect([code, error]).toEqual([2, 'There is no command “strat”.\nTry: regie start\n'])
  })

  test('a mistyped flag is named', async () => {
    const { code, error } = await regie(['start', '--prot', '80']).ended
    expect(code).toBe(2)
    expect(error).toContain('--prot')
  })

  test.each([[['--help']], [['--version']], [['start', '--help']]])('%j ends with 0', async (args) => {
    expect(await regie(args).ended).toEqual({ code: 0, error: '' })
  })

  test('without a terminal the address is one plain line', async () => {
    const { child, ended } = regie(['start'])
    const [text] = (await once(child.stdout as NodeJS.ReadableStream, 'data')) as [Buffer]
    expect(text.toString()).toMatch(/^Regie: http:\/\/\S+\/\n$/)
    child.kill('SIGTERM')
    expect((await ended).code).toBe(0)
  })
})

describe('a box is looked into from its own machine', () => {
  test('status tells what the running program does, and what the folder holds when none runs', async () => {
    const { child, box, ended } = await running()
    const asked = await output(['status', '--json'])
    expect(asked.code).toBe(0)
    expect(JSON.parse(asked.text)).toMatchObject({ is: 'running', status: { box, store: { state: 'ok' } } })
    // What is left of a killed process does not pass for a program that runs.
    child.kill('SIGKILL')
    await ended
    const after = await output(['status', '--json'])
    expect(after.code).toBe(3)
    expect(JSON.parse(after.text)).toMatchObject({ is: 'not running', box, sites: [] })
    const again = await running()
    expect((await output(['status'])).text).toContain(String(again.box))
  })

  test('nobody else on the machine may ask', async () => {
    await running()
    expect(statSync(join(data, 'control')).mode & 0o077).toBe(0)
  })

  test('doctor names what is not well, and what to do', async () => {
    await running()
    expect(await output(['doctor'])).toMatchObject({ code: 0 })
    chmodSync(join(data, 'identity'), 0o644)
    const { code, text } = await output(['doctor'])
    expect(code).toBe(1)
    expect(text).toContain(`chmod 600 ${data}/identity`)
  })

  test('a command on a box that does not run opens no port for devices', async () => {
    const server = createServer()
    server.listen(0)
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const password = join(root, 'password')
    writeFileSync(password, 'correct horse battery')
    const about = ['--organisation', 'Club', '--owner', 'marie', '--site', 'one', '--password-file', password]
    const { code, error } = await regie(['setup', ...about], { REGIE_MQTT_PORT: String(port) }).ended
    server.close()
    expect({ code, error }).toEqual({ code: 0, error: '' })
  })

  test('log, journal and export say in words that there is no site', async () => {
    await running()
    for (const command of ['log', 'journal', 'export'])
      expect(await output([command])).toMatchObject({
        code: 1,
        error: expect.stringContaining('no site yet'),
      })
  })

  test('every command has a help of its own', async () => {
    for (const command of [
      'start',
      'status',
      'doctor',
      'log',
      'journal',
      'export',
      'verify',
      'rebuild',
      'simulate',
    ]) {
      const { code, text } = await output([command, '--help'])
      expect(code).toBe(0)
      expect(text).toContain(`regie ${command}`)
    }
  })
})
