import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { callsPerSecond } from './parts/callers.ts'
import { figure } from './parts/figure.ts'
import { inFolder } from './parts/folder.ts'
import type { Row } from './parts/row.ts'
import { row } from './parts/row.ts'

const rounds = 5
const roundMs = 2_000
const program = fileURLToPath(new URL('./parts/http-server.ts', import.meta.url))

/** A small action over HTTP, decided and on disk when it is answered. Beside it bare Fastify, which judges the same input and forgets it. */
export async function httpActs(): Promise<readonly Row[]> {
  return inFolder(async (folder) => {
    const child = spawn(process.execPath, [program, `${folder}/box`], { stdio: ['pipe', 'pipe', 'inherit'] })
    const agent = new Agent({ keepAlive: true })
    try {
      const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
      const { ours, bare } = JSON.parse(line) as { readonly ours: string; readonly bare: string }
      const rows: Row[] = []
      for (const callers of [1, 100]) {
        const rates: Record<'ours' | 'bare', number[]> = { ours: [], bare: [] }
        const measure = (url: string, ms: number) => callsPerSecond(callers, ms, () => grant(agent, url))
        for (const url of [ours, bare]) await measure(url, 500)
        for (let round = 0; round < rounds; round += 1) {
          rates.ours.push(await measure(ours, roundMs))
          rates.bare.push(await measure(bare, roundMs))
        }
        const name = `a small action over HTTP, ${callers} ${callers === 1 ? 'caller' : 'callers'}`
        const peer = {
          name: 'bare Fastify, same validation, nothing kept',
          figure: figure('acts/s', rates.bare),
        }
        rows.push(row(name, figure('acts/s', rates.ours), undefined, peer))
      }
      return rows
    } finally {
      agent.destroy()
      const ended = once(child, 'exit')
      child.stdin.end()
      await ended
    }
  })
}

const body = JSON.stringify({ tag: 'tag', cents: 1 })
const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }

function grant(agent: Agent, url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method: 'POST', agent, headers }, (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`answered with ${answer.statusCode}`))
      answer.resume().once('end', resolve)
    })
    asked.once('error', reject)
    asked.end(body)
  })
}
