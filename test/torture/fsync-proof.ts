import type { Answer, Recorded } from '../../src/kernel/box/contract.ts'
import type { SysCall } from './syscall-trace.ts'

/** `file`: the write-ahead log of a box's truth, as strace names it. */
export type TracedBox = { readonly name: string; readonly pid: number; readonly file: string }

export type Proof = {
  /** Acknowledgements that left a box, and those of them that spoke for two boxes. */
  readonly acks: number
  readonly twice: number
  /** Those that left before the disk had what they speak of. */
  readonly early: readonly string[]
}

/** The frame header of SQLite's log; its second word is not 0 where the frame ends a transaction. */
const frameHeaderBytes = 24

/** What stands in a page and names a record or an action without doubt: the end, or the beginning, of its head. */
const names = /"([0-9a-z]{16})",(\d+)\]|"fair\.(?:grant|pay)","([^"]+)","/g
const recordName = (stream: string, seq: number) => `${stream} ${seq}`

/**
 * Promise 1, from what the system was asked to do: whatever an acknowledgement speaks of was written to the
 * log of its box, that transaction was ended, an fsync of the file began after that, and it ended well before
 * the first byte of the acknowledgement left. `keys`: the keys of actions, by entry.
 */
export function proveAcks(
  calls: Iterable<SysCall>,
  boxes: readonly TracedBox[],
  keys: ReadonlyMap<number, string>,
): Proof {
  const disks = new Map(boxes.map((box) => [box.name, new TracedDisk(box)]))
  const early: string[] = []
  let acks = 0
  let twice = 0
  for (const call of calls) {
    for (const disk of disks.values()) disk.see(call)
    const box = call.name === 'write' && call.fd === 1 ? boxes.find(({ pid }) => pid === call.tid) : undefined
    if (!box) continue
    const said = acknowledgedBy(call.data, keys)
    if (!said) continue
    acks += 1
    if (said.copies > 1) twice += 1
    const speaksFor = said.copies > 1 ? boxes : said.copies === 1 ? boxes.slice(0, 1) : [box]
    for (const { name } of speaksFor) {
      const missing = said.names.filter((each) => !disks.get(name)?.hasSynced(each, call.from))
      early.push(...missing.map((each) => `${each}, said by ${box.name}, on the disk of ${name}`))
    }
  }
  return { acks, twice, early }
}

type Said = { readonly names: readonly string[]; readonly copies: number }

/** `copies` is 0 for a record: it is for the box alone that says it. The first box is the keeper. */
function acknowledgedBy(line: string, keys: ReadonlyMap<number, string>): Said | undefined {
  const { value } = JSON.parse(line) as { readonly value?: Recorded | Answer | undefined }
  if (value === undefined || value === null || typeof value !== 'object') return undefined
  if ('stream' in value) {
    const { stream, from, to } = value
    return { names: Array.from({ length: to - from + 1 }, (_, i) => recordName(stream, from + i)), copies: 0 }
  }
  if (value.is !== 'answered') return undefined
  const key = keys.get(value.n)
  return key === undefined ? undefined : { names: [key], copies: value.copies }
}

/** What is certainly on one disk, call by call. */
class TracedDisk {
  readonly #file: string
  /** In the transaction that is being written, in those that ended, and at which line they were synced. */
  readonly #writing = new Set<string>()
  readonly #ended = new Map<string, number>()
  readonly #synced = new Map<string, number>()
  #endsTransaction = false

  constructor({ file }: TracedBox) {
    this.#file = file
  }

  see({ path, name, data, from, to }: SysCall): void {
    if (path !== this.#file) return
    if (name === 'fsync' || name === 'fdatasync') return this.#sync(from, to)
    if (name !== 'pwrite64') return
    if (data.length === frameHeaderBytes) {
      this.#endsTransaction = data.slice(4, 8) !== '\0\0\0\0'
      return
    }
    for (const [, stream, seq, key] of data.matchAll(names)) {
      const found = stream === undefined ? (key ?? '') : recordName(stream, Number(seq))
      if (!this.#ended.has(found) && !this.#synced.has(found)) this.#writing.add(found)
    }
    if (!this.#endsTransaction) return
    for (const found of this.#writing) this.#ended.set(found, to)
    this.#writing.clear()
  }

  hasSynced(name: string, before: number): boolean {
    return (this.#synced.get(name) ?? Infinity) < before
  }

  #sync(from: number, to: number): void {
    for (const [name, ended] of this.#ended) {
      if (ended >= from) continue
      this.#ended.delete(name)
      this.#synced.set(name, to)
    }
  }
}
