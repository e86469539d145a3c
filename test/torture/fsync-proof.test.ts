import { expect, test } from 'vitest'
import { proveAcks } from './fsync-proof.ts'
import { readTrace } from './syscall-trace.ts'

const keeper = { name: 'keeper', pid: 10, file: '/d/keeper/truth.db-wal' }
const follower = { name: 'follower', pid: 20, file: '/d/follower/truth.db-wal' }
const boxes = [keeper, follower]
const stream = 'abcdefgh12345678'

const header = (file: string, isLast: boolean) =>
  `11 pwrite64(7<${file}>, "\\0\\0\\0\\2\\0\\0\\0${isLast ? '\\3' : '\\0'}${'x'.repeat(16)}", 24, 32) = 24`
const page = (file: string, text: string) => `11 pwrite64(7<${file}>, "..${text}..", 4096, 56) = 4096`
const head = String.raw`[\"r\",[1,2,0],\"fair.seen\",\"box\",\"${stream}\",1]`
const decided = String.raw`[\"a\",[1,2,0],[\"fair.moved\"],\"fair.grant\",\"key 1\",\"digest`
const sync = (file: string) => `11 fdatasync(7<${file}>) = 0`
const recorded = String.raw`10 write(1<socket:[5]>, "{\"id\":4,\"value\":{\"box\":\"b\",\"stream\":\"${stream}\",\"from\":1,\"to\":1}}\n", 60) = 60`
const answered = (copies: number) =>
  String.raw`10 write(1<socket:[5]>, "{\"id\":5,\"value\":{\"is\":\"answered\",\"n\":9,\"copies\":${copies}}}\n", 60) = 60`

const prove = (...lines: readonly string[]) => proveAcks(readTrace(lines), boxes, new Map([[9, 'key 1']]))
const written = (file: string, text: string) => [header(file, true), page(file, text)]

test('an acknowledgement after the fsync of its transaction is proved', () => {
  expect(prove(...written(keeper.file, head), sync(keeper.file), recorded)).toEqual({
    acks: 1,
    twice: 0,
    early: [],
  })
})

test.each([
  ['without an fsync', [...written(keeper.file, head), recorded]],
  ['before its fsync', [...written(keeper.file, head), recorded, sync(keeper.file)]],
  ['after the fsync of another file', [...written(keeper.file, head), sync('/d/keeper/truth.db'), recorded]],
  [
    'after an fsync that was before its transaction',
    [sync(keeper.file), ...written(keeper.file, head), recorded],
  ],
  [
    'whose transaction had not ended when its fsync began',
    [header(keeper.file, false), page(keeper.file, head), sync(keeper.file), recorded],
  ],
  [
    'whose fsync began before the transaction ended',
    [
      header(keeper.file, true),
      `12 fdatasync(7<${keeper.file}> <unfinished ...>`,
      page(keeper.file, head),
      '12 <... fdatasync resumed>) = 0',
      recorded,
    ],
  ],
  [
    'that left while its fsync was under way',
    [
      ...written(keeper.file, head),
      `11 fdatasync(7<${keeper.file}> <unfinished ...>`,
      recorded,
      '11 <... fdatasync resumed>) = 0',
    ],
  ],
  [
    'whose fsync failed',
    [
      ...written(keeper.file, head),
      `11 fdatasync(7<${keeper.file}>) = -1 EIO (Input/output error)`,
      recorded,
    ],
  ],
])('an acknowledgement %s is found', (_name, lines) => {
  expect(prove(...lines).early).toHaveLength(1)
})

test('an answer that speaks for two copies must wait for both disks', () => {
  const here = [...written(keeper.file, decided), sync(keeper.file)]
  const there = [...written(follower.file, decided), sync(follower.file)]
  expect(prove(...here, answered(1)).early).toEqual([])
  expect(prove(...here, answered(2)).early).toEqual(['key 1, said by keeper, on the disk of follower'])
  expect(prove(...here, ...there, answered(2))).toEqual({ acks: 1, twice: 1, early: [] })
})
