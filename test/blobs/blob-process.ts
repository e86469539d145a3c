import { parseArgs } from 'node:util'
import { realMachine, standardError } from '../../src/cli/machine.ts'
import { BlobClient } from '../../src/doors/blob-client.ts'
import { Blobs } from '../../src/kernel/blobs/blobs.ts'
import { parseIdentity } from '../../src/kernel/link/identity.ts'
import { BlobFolder } from '../../src/store/blob-folder.ts'

/**
 * For tests, as a process of its own: the blobs of one box, and one that it wants from another. It says how far it
 * has come, a line of JSON each time, and ends when the download does.
 */
const { values } = parseArgs({
  options: {
    folder: { type: 'string', default: '' },
    identity: { type: 'string', default: '' },
    from: { type: 'string', default: '' },
    sha256: { type: 'string', default: '' },
    size: { type: 'string', default: '0' },
  },
})
const machine = realMachine(standardError('error'))
const client = new BlobClient(parseIdentity(values.identity))
const above = JSON.parse(values.from) as Parameters<BlobClient['source']>[0]
const blobs = await Blobs.open({
  files: await BlobFolder.open(values.folder),
  machine,
  sources: () => [client.source(above)],
})
const want = blobs.want({ sha256: values.sha256, size: Number(values.size) })
const tell = () => process.stdout.write(`${JSON.stringify(want.state())}\n`)
blobs.onChange(tell)
await want.ended
tell()
await blobs.stop()
client.close()
