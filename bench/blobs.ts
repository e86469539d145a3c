import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { realMachine, standardError } from '../src/cli/machine.ts'
import { BlobClient } from '../src/doors/blob-client.ts'
import type { BlobRef } from '../src/kernel/blobs/blob.ts'
import { Blobs } from '../src/kernel/blobs/blobs.ts'
import type { Above } from '../src/kernel/box/contract.ts'
import { makeIdentity } from '../src/kernel/link/identity.ts'
import { BlobFolder } from '../src/store/blob-folder.ts'
import { figure } from './parts/figure.ts'
import { inFolder } from './parts/folder.ts'
import type { Row } from './parts/row.ts'
import { row } from './parts/row.ts'
import { cpuMicros, seconds } from './parts/time.ts'

const rounds = 5
const size = 256 * 1024 * 1024
const megabytes = size / 1e6

type Given = { readonly above: Above; readonly plain: string; readonly ref: BlobRef }

const machine = realMachine(standardError('error'))
const identity = makeIdentity(machine.random)
const program = fileURLToPath(new URL('./parts/blob-server.ts', import.meta.url))

/** A blob from another process over loopback: hashed twice, synced, under its name. Beside it a plain GET into a file. */
export async function blobThroughput(): Promise<readonly Row[]> {
  return inFolder(async (folder) => {
    const args = [program, `${folder}/giver`, String(size), identity.box, identity.publicKey]
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] })
    try {
      const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
      const given = JSON.parse(line) as Given
      const [ours, peer, cpu]: [number[], number[], number[]] = [[], [], []]
      for (let round = 0; round < rounds; round += 1) {
        cpu.push(
          (await cpuMicros(async () => ours.push(await takeBlob(`${folder}/${round}`, given)))) / megabytes,
        )
        peer.push(await takeFile(`${folder}/plain-${round}`, given.plain))
      }
      return [
        row('a blob of 256 MiB, over loopback', figure('MB/s', ours), undefined, {
          name: 'plain node:http and fetch, not hashed, not synced',
          figure: figure('MB/s', peer),
        }),
        row('a blob, CPU of the taker for a MB', figure('µs', cpu)),
      ]
    } finally {
      const ended = once(child, 'exit')
      child.stdin.end()
      await ended
    }
  })
}

/** MB/s until the blob has its name. */
async function takeBlob(folder: string, { above, ref }: Given): Promise<number> {
  const client = new BlobClient(identity)
  const files = await BlobFolder.open(folder)
  const blobs = await Blobs.open({ files, machine, sources: () => [client.source(above)] })
  try {
    const took = await seconds(async () => {
      const end = await blobs.want(ref).ended
      if (end.is !== 'present') throw new Error(`the blob did not come: ${JSON.stringify(end)}`)
    })
    return megabytes / took
  } finally {
    await blobs.stop()
    client.close()
  }
}

async function takeFile(path: string, url: string): Promise<number> {
  const took = await seconds(async () => {
    const answer = await fetch(url)
    if (!answer.body) throw new Error('nothing came')
    await pipeline(Readable.fromWeb(answer.body as never), createWriteStream(path))
  })
  return megabytes / took
}
