import type { Server } from 'node:http'
import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sha256 } from '../kernel/digest.ts'
import { createServer, request } from './node-http.ts'

/** What a system takes as the path of a socket. */
const longestPath = 100
const patienceMs = 5_000

/** What the program tells about itself to whoever may read its data folder. */
export type Told = Readonly<Record<string, () => unknown>>

/** Where the program on a data folder is asked: a socket in the folder, so its owner alone gets in. */
export function localPath(folder: string): string {
  const name = `regie-${sha256(folder)
    .replaceAll(/[^0-9A-Za-z]/g, '')
    .slice(0, 20)}`
  if (process.platform === 'win32') return `\\\\.\\pipe\\${name}`
  const path = join(folder, 'control')
  return path.length <= longestPath ? path : join(tmpdir(), `${name}.control`)
}

/** Opens the door for commands on this machine. The folder is locked: what is left of another process is dead. */
export async function openLocal(
  folder: string,
  told: Told,
): Promise<{ readonly close: () => Promise<void> }> {
  const path = localPath(folder)
  if (process.platform !== 'win32') rmSync(path, { force: true })
  const server = createServer((asked, answer) => {
    const name = asked.url?.slice(1) ?? ''
    const tell = asked.method === 'GET' && Object.hasOwn(told, name) ? told[name] : undefined
    answer.writeHead(tell ? 200 : 404, { 'content-type': 'application/json' })
    answer.end(JSON.stringify(tell ? tell() : null))
  })
  await listen(server, path)
  return {
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Asks the program that runs on a data folder. Undefined where none does. */
export function askLocal(folder: string, name: string): Promise<unknown> {
  const { promise, resolve } = Promise.withResolvers<unknown>()
  const asking = request(
    { socketPath: localPath(folder), path: `/${name}`, timeout: patienceMs },
    (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (part: string) => (text += part))
      answer.on('end', () => resolve(answer.statusCode === 200 ? JSON.parse(text) : undefined))
    },
  )
  asking.on('timeout', () => asking.destroy())
  asking.on('error', () => resolve(undefined))
  asking.end()
  return promise
}

function listen(server: Server, path: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  // What the socket's file may be opened by follows the umask of the moment at which it is made.
  const before = process.umask(0o177)
  server.once('error', reject)
  server.listen(path, resolve)
  process.umask(before)
  return promise
}
