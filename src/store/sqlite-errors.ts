import { StoreError, type StoreReason } from './truth.ts'

type Refusal = { readonly reason: StoreReason; readonly words: string }

/** SQLite's primary result codes that speak of the disk. All others mean that our SQL is wrong. */
const refusals: ReadonlyMap<number, Refusal> = new Map([
  [3, { reason: 'io', words: 'access to the file is denied' }],
  [5, { reason: 'io', words: 'another program holds the file' }],
  [8, { reason: 'io', words: 'the file or its folder may not be written' }],
  [10, { reason: 'io', words: 'the disk failed to read or to write' }],
  [11, { reason: 'io', words: 'the file is damaged' }],
  [13, { reason: 'full', words: 'the disk is full' }],
  [14, { reason: 'io', words: 'the file cannot be opened: the folder is missing or may not be written' }],
  [15, { reason: 'io', words: 'the file is locked in a way that does not end' }],
  [26, { reason: 'io', words: 'the file is not a database' }],
])

/** What SQLite reports when it cannot enlarge the shared-memory file: in practice a full disk. */
const noRoomForSharedMemory = 4874

/** Turns a refusal of the disk into words; hands everything else back as it came. */
export function asStoreError(error: unknown, path: string): unknown {
  const code = sqliteCode(error)
  if (code === undefined) return error
  const refusal = refusals.get(code === noRoomForSharedMemory ? 13 : code & 0xff)
  if (refusal === undefined) return error
  return new StoreError(refusal.reason, `${path}: ${refusal.words} (SQLite ${code})`)
}

function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined
  return typeof error.errcode === 'number' ? error.errcode : undefined
}
