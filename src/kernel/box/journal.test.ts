import { describe, expect, test } from 'vitest'
import { StoreError } from '../../store/truth.ts'
import type { RecordRow, Truth, Write } from '../../store/truth.ts'
import { maxFactBytes, parseHead, parseLine } from '../entry.ts'
import type { Instant } from '../instant.ts'
import { manualMachine, settled } from '../manual-machine.ts'
import { toyKnown } from '../pack/toy-pack.ts'
import type { Before, Recording } from './journal.ts'
import { Journal } from './journal.ts'

type Commit = {
  readonly writes: readonly Write[]
  readonly land: () => void
  readonly fail: (why: Error) => void
}
const full = new StoreError('full', 'the disk is full')
const now: Instant = [7, null, 0]

/** A journal on a disk that lands when it is told to. */
function journalOf(before: Before = null, { seed = 1, atOnce = true } = {}) {
  const { machine } = manualMachine(seed)
  const commits: Commit[] = []
  const disk: RecordRow[] = []
  const written: [string, number[]][] = []
  const truth = {
    commit: (writes: readonly Write[]) =>
      new Promise<void>((resolve, reject) => {
        const land = () => {
          for (const write of writes) if (write.do === 'records') disk.push(...write.rows)
          resolve()
        }
        commits.push({ writes, land, fail: reject })
        if (atOnce) land()
      }),
  } as unknown as Truth
  const parts = { box: 'boxa', machine, known: toyKnown, truth }
  const journal = new Journal(
    parts,
    'fair',
    before,
    () => now,
    (stream, rows) => written.push([stream, rows.map(({ seq }) => seq)]),
  )
  return { journal, commits, disk, written }
}

const seen = (tag = 'a'): Recording => ({ kind: 'toy.seen', body: { tag, gate: 'north', at: 1 } })
const kinds = (rows: readonly RecordRow[]) =>
  rows.map(({ head }) => {
    const parsed = parseHead(head)
    return parsed.form === 'r' ? [parsed.from.seq, parsed.kind] : []
  })

describe('numbering', () => {
  test('LOG-5 the first fact of a process opens its stream, which names the one before', async () => {
    const { journal, disk, written } = journalOf({ stream: 'older1', seq: 41 })
    expect(await journal.record([seen()])).toEqual({ box: 'boxa', stream: journal.stream, from: 2, to: 2 })
    expect(kinds(disk)).toEqual([
      [1, 'stream.opened'],
      [2, 'toy.seen'],
    ])
    expect(parseLine(disk[0]?.body ?? '').body).toEqual({ boot: 'boot-1', before: 'older1', beforeSeq: 41 })
    expect(written).toEqual([[journal.stream, [1, 2]]])
  })

  test('LOG-5 a box that never recorded names no stream before', async () => {
    const { journal, disk } = journalOf()
    await journal.record([seen()])
    expect(parseLine(disk[0]?.body ?? '').body).toEqual({ boot: 'boot-1', before: null, beforeSeq: 0 })
  })

  test('LOG-5 numbers have no gap, however the facts come', async () => {
    const { journal, commits, disk } = journalOf(null, { atOnce: false })
    const ends = [journal.record([seen(), seen()]), journal.record([seen()])]
    for (const { land } of commits.slice()) land()
    ends.push(journal.record([seen(), seen(), seen()]))
    commits.at(-1)?.land()
    expect(await Promise.all(ends)).toMatchObject([
      { from: 2, to: 3 },
      { from: 4, to: 4 },
      { from: 5, to: 7 },
    ])
    expect(disk.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7])
  })

  test('LOG-5 each process has a stream of its own', () => {
    expect(journalOf(null, { seed: 1 }).journal.stream).not.toBe(journalOf(null, { seed: 2 }).journal.stream)
    expect(journalOf().journal.stream).toMatch(/^[0-9a-z]{16}$/)
  })

  test('LOG-18 a fact carries the moment it was seen at, or now', async () => {
    const { journal, disk } = journalOf()
    await journal.record([{ ...seen(), at: [3, 5, 2] }, seen()])
    expect(disk.map(({ head }) => parseHead(head).at)).toEqual([now, [3, 5, 2], now])
  })

  test('LOG-4 a fact that holds a person gets its salt', async () => {
    const { journal, disk } = journalOf()
    await journal.record([{ kind: 'toy.person', body: { tag: 'a', name: 'Ada' } }, seen()])
    expect(disk.map(({ body }) => body[0])).toEqual(['{', '^', '{'])
  })
})

describe('what is acknowledged is on disk', () => {
  test('LOG-6 record ends with the commit, not before', async () => {
    const { journal, commits, written } = journalOf(null, { atOnce: false })
    let ended = false
    const recorded = journal.record([seen()]).then(() => (ended = true))
    await settled()
    expect([ended, written]).toEqual([false, []])
    commits[0]?.land()
    await recorded
    expect([ended, written.length]).toEqual([true, 1])
  })

  test('LOG-6 a commit that the disk refuses: none of its facts is recorded, numbers go on where the disk stands', async () => {
    const { journal, commits, disk } = journalOf(null, { atOnce: false })
    const first = journal.record([seen()])
    commits[0]?.land()
    await first
    const lost = journal.record([seen('lost')])
    commits[1]?.fail(full)
    await expect(lost).rejects.toBe(full)
    const next = journal.record([seen('next')])
    commits[2]?.land()
    expect(await next).toMatchObject({ from: 3, to: 3 })
    expect(disk.map(({ seq }) => seq)).toEqual([1, 2, 3])
    expect(disk.map(({ body }) => body).join()).not.toContain('lost')
  })

  test('LOG-6 the stream is opened again if its opening never reached the disk', async () => {
    const { journal, commits, disk } = journalOf(null, { atOnce: false })
    const lost = journal.record([seen()])
    commits[0]?.fail(full)
    await expect(lost).rejects.toBe(full)
    const next = journal.record([seen()])
    commits[1]?.land()
    expect(await next).toMatchObject({ from: 2, to: 2 })
    expect(kinds(disk)).toEqual([
      [1, 'stream.opened'],
      [2, 'toy.seen'],
    ])
  })

  test('LOG-6 what is under way behind a failure fails too; what comes meanwhile is refused at once', async () => {
    const { journal, commits, disk } = journalOf(null, { atOnce: false })
    const ends = [journal.record([seen()]), journal.record([seen()])]
    commits[0]?.fail(full)
    await expect(ends[0]).rejects.toBe(full)
    await expect(journal.record([seen()])).rejects.toBe(full)
    expect(commits).toHaveLength(2)
    commits[1]?.fail(full)
    await expect(ends[1]).rejects.toBe(full)
    const next = journal.record([seen()])
    commits[2]?.land()
    await next
    expect(disk.map(({ seq }) => seq)).toEqual([1, 2])
  })
})

describe('what is not recorded', () => {
  const refused: [string, Recording, RegExp][] = [
    ['a kind that no pack declares', { kind: 'toy.unheard', body: 1 }, /no pack declares toy.unheard/],
    ['a decision', { kind: 'toy.moved', body: {} }, /decided by the keeper: ask for an action instead/],
    [
      'a fact over 32 KiB',
      { kind: 'toy.seen', body: 'é'.repeat(maxFactBytes / 2) },
      /toy.seen: over 32 KiB; put it into a blob/,
    ],
  ]
  test.each(refused)('%s: the whole call is refused, and no number is used', async (_, fact, words) => {
    const { journal, commits } = journalOf()
    await expect(journal.record([seen(), fact])).rejects.toThrow(words)
    expect(commits).toEqual([])
    expect(await journal.record([seen()])).toMatchObject({ from: 2, to: 2 })
  })

  test('LOG-19 exactly 32 KiB is a fact, whatever its letters', async () => {
    const { journal, disk } = journalOf()
    await journal.record([{ kind: 'toy.seen', body: 'é'.repeat(maxFactBytes / 2 - 1) }])
    expect(Buffer.byteLength(disk[1]?.body ?? '')).toBe(maxFactBytes)
  })

  test('a body that is not as declared is recorded all the same', async () => {
    const { journal, disk } = journalOf()
    await journal.record([{ kind: 'toy.seen', body: { tag: 7 } }])
    expect(disk).toHaveLength(2)
  })
})

describe('another stream', () => {
  test('LINK-12 it begins at one, and names the one before it with its end', async () => {
    const { journal, disk } = journalOf({ stream: 'older1', seq: 41 })
    await journal.record([seen(), seen()])
    const before = journal.stream
    journal.rotate()
    expect(journal.stream).not.toBe(before)
    expect(await journal.record([seen()])).toMatchObject({ stream: journal.stream, from: 2, to: 2 })
    expect(parseLine(disk[3]?.body ?? '').body).toMatchObject({ before, beforeSeq: 3 })
  })

  test('LINK-12 not before anything was given a number', async () => {
    const { journal } = journalOf()
    const { stream } = journal
    journal.rotate()
    expect(journal.stream).toBe(stream)
    await journal.record([seen()])
    journal.rotate()
    const second = journal.stream
    journal.rotate()
    expect([second === stream, journal.stream]).toEqual([false, second])
  })

  test('LINK-12 what is under way ends in its own stream', async () => {
    const { journal, commits, written } = journalOf(null, { atOnce: false })
    const { stream } = journal
    const early = journal.record([seen()])
    journal.rotate()
    const late = journal.record([seen()])
    for (const { land } of commits) land()
    expect([await early, await late]).toMatchObject([
      { stream, from: 2, to: 2 },
      { stream: journal.stream, from: 2, to: 2 },
    ])
    expect(written).toEqual([
      [stream, [1, 2]],
      [journal.stream, [1, 2]],
    ])
  })

  test('LOG-6 a refusal in one stream does not renumber the other', async () => {
    const { journal, commits, disk } = journalOf(null, { atOnce: false })
    const early = journal.record([seen('early')])
    journal.rotate()
    const late = journal.record([seen('late')])
    commits[0]?.fail(full)
    await expect(early).rejects.toBe(full)
    commits[1]?.land()
    await late
    const next = journal.record([seen('next')])
    commits[2]?.land()
    expect(await next).toMatchObject({ stream: journal.stream, from: 3 })
    expect(disk.map(({ seq }) => seq)).toEqual([1, 2, 3])
  })
})
