import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { blobFilesContract } from './blob-files.contract.ts'
import { BlobFolder } from './blob-folder.ts'

blobFilesContract('a folder', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'regie-blobs-'))
  return {
    open: () => BlobFolder.open(folder),
    remove: async () => rmSync(folder, { recursive: true }),
  }
})

test('files of others in the folder are neither blobs nor parts, and stay', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'regie-blobs-'))
  for (const name of ['lost+found', 'notes.txt', '.part', 'a b.part']) writeFileSync(join(folder, name), 'x')
  const files = await BlobFolder.open(folder)
  expect(await files.list()).toEqual({ whole: [], parts: [] })
  await files.close()
  expect(readdirSync(folder)).toHaveLength(4)
  rmSync(folder, { recursive: true })
})

test('what the disk refuses is said in words', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'regie-blobs-'))
  writeFileSync(join(folder, 'file'), '')
  await expect(BlobFolder.open(join(folder, 'file'))).rejects.toMatchObject({
    name: 'StoreError',
    reason: 'io',
  })
  rmSync(folder, { recursive: true })
})
