import { expect, test } from 'vitest'
import { blobFilesContract } from './blob-files.contract.ts'
import { BlobDisk } from './blob-memory.ts'

blobFilesContract('in memory', async () => {
  const disk = new BlobDisk()
  return { open: async () => disk.open(), remove: async () => {} }
})

test('what was not synced goes with the power', async () => {
  const disk = new BlobDisk()
  const files = disk.open()
  await files.write('p', 0, Uint8Array.of(1, 2))
  await files.sync('p')
  await files.write('p', 2, Uint8Array.of(3))
  disk.cutPower()
  expect(await files.readPart('p', 0, 9)).toEqual(Uint8Array.of(1, 2))
  await files.write('p', 2, Uint8Array.of(4))
  await files.show('p', 'a'.repeat(43))
  disk.cutPower()
  expect(disk.whole.get('a'.repeat(43))?.bytes).toEqual(Uint8Array.of(1, 2))
})
