import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { sleep } from '../parts/time.ts'

export type Mosquitto = AsyncDisposable & {
  readonly name: string
  readonly port: number
  readonly pid: number
}

/** Mosquitto with persistence as Debian sets it up: it writes its file now and then, and never waits for the disk. */
export async function startMosquitto(folder: string): Promise<Mosquitto | undefined> {
  const { error, stdout } = spawnSync('/usr/sbin/mosquitto', ['-h'], { encoding: 'utf8' })
  if (error) return undefined
  const port = await freePort()
  const place = join(folder, 'mosquitto')
  mkdirSync(place)
  const config = join(place, 'mosquitto.conf')
  const lines = [
    `listener ${port} 127.0.0.1`,
    'allow_anonymous true',
    'persistence true',
    `persistence_location ${place}/`,
    'max_queued_messages 0',
    'log_type error',
    ...(process.getuid?.() === 0 ? ['user root'] : []),
  ]
  writeFileSync(config, `${lines.join('\n')}\n`)
  const child = spawn('/usr/sbin/mosquitto', ['-c', config], { stdio: 'ignore' })
  await sleep(500)
  const [version = ''] = /\d+\.\d+\.\d+/.exec(stdout) ?? []
  return {
    name: `Mosquitto ${version}, not fsynced`,
    port,
    pid: child.pid ?? 0,
    [Symbol.asyncDispose]: async () => {
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      await ended
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
