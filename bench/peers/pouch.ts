import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { facts, take } from '../parts/facts.ts'
import { seconds } from '../parts/time.ts'
import type { Peer } from './peer.ts'
import { missingPeer } from './peer.ts'
import { pouchIn } from './pouch-api.ts'

const name = 'PouchDB, not fsynced'
const atOnce = 1_000
const program = fileURLToPath(new URL('./pouch-server.ts', import.meta.url))

/** PouchDB replicating documents with the same bodies to express-pouchdb in another process, LevelDB on both sides. */
export async function pouchCatchUp(folder: string, count: number): Promise<Peer> {
  mkdirSync(folder, { recursive: true })
  const Pouch = pouchIn(folder)
  if (!Pouch) return missingPeer(name)
  const source = new Pouch('source')
  const from = facts('catch-up')
  for (let done = 0; done < count; done += atOnce) {
    const docs = take(from, atOnce).map(({ body }, index) => {
      return { _id: String(done + index).padStart(8, '0'), ...body }
    })
    await source.bulkDocs(docs)
  }
  const server = fork(program, [`${folder}/server`])
  const [port] = (await once(server, 'message')) as [number]
  const measured: number[] = []
  return {
    name,
    seconds: measured,
    round: async () => {
      const target = `http://127.0.0.1:${port}/target-${measured.length}`
      measured.push(await seconds(() => Pouch.replicate(source, target, { batch_size: atOnce })))
      const arrived = (await new Pouch(target).info()).doc_count
      if (arrived !== count) throw new Error(`PouchDB brought ${arrived} of ${count} documents`)
    },
    [Symbol.asyncDispose]: async () => {
      await source.close()
      const ended = once(server, 'exit')
      server.disconnect()
      await ended
    },
  }
}
