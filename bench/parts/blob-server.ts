import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { realMachine, standardError } from '../../src/cli/machine.ts'
import { blobDoor } from '../../src/doors/blob-door.ts'
import { httpDoor } from '../../src/doors/http.ts'
import { linkDoor } from '../../src/doors/link.ts'
import { Readiness } from '../../src/doors/readiness.ts'
import { Blobs } from '../../src/kernel/blobs/blobs.ts'
import { makeIdentity } from '../../src/kernel/link/identity.ts'
import { BlobFolder } from '../../src/store/blob-folder.ts'

/** As a process of its own: one blob, given by a box and by a file server of a few lines. Says where, and ends with its input. */
const [folder = '', bytes = '0', box = '', publicKey = ''] = process.argv.slice(2)
const machine = realMachine(standardError('error'))
const identity = makeIdentity(machine.random)
const size = Number(bytes)
const blobs = await Blobs.open({ files: await BlobFolder.open(folder), machine, sources: () => [] })
const added = await blobs.add(size, pieces())
if (added.is !== 'present') throw new Error('there is no room for the blob')

function* pieces(): Iterable<Uint8Array> {
  for (let left = size; left > 0; left -= 1024 * 1024) yield randomBytes(Math.min(left, 1024 * 1024))
}

const door = blobDoor(machine)
door.open({ blobs, box: identity.box, keysOf: (name) => (name === box ? [publicKey] : []) })
const server = httpDoor({
  log: machine.log,
  showing: () => ({ is: 'starting' }),
  readiness: new Readiness(machine.clock.mono),
  link: linkDoor(),
  blobs: door,
})
const url = await server.listen({ port: 0, host: '127.0.0.1' })
const plain = createServer((_, response) => {
  createReadStream(join(folder, added.ref.sha256)).pipe(response)
})
plain.listen(0, '127.0.0.1')
await once(plain, 'listening')
const { port } = plain.address() as AddressInfo
const above = {
  address: `${url.replace('http', 'ws')}/link`,
  box: identity.box,
  publicKey: identity.publicKey,
}
process.stdout.write(`${JSON.stringify({ above, plain: `http://127.0.0.1:${port}/`, ref: added.ref })}\n`)
process.stdin.on('end', () => process.exit(0)).resume()
