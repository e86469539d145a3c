import { describe, expect, test } from 'vitest'
import { BlobDisk } from '../../store/blob-memory.ts'
import { StoreError } from '../../store/truth.ts'
import { hashOf, manifestHash, manifestText } from './blob.ts'
import { blobOf, calm, exampleOf, openExample, sourceOf } from './blobs.example.ts'

const example = blobOf(60)
const { ref, bytes } = example
const upTo = (most: number) => (from: number, to: number) =>
  to <= most ? [bytes.subarray(from, to)] : [bytes.subarray(from, most), 'never' as const]
const bytesOf = (disk: BlobDisk) => disk.whole.get(ref.sha256)?.bytes

describe('a source that is well', () => {
  test('BLOB-4 gives the blob, a run of chunks at a time', async () => {
    const source = sourceOf('keep', example)
    const { blobs, disk, live } = await openExample({ sources: [source] })
    const want = blobs.want(ref)
    await live(10)
    expect(await want.ended).toEqual({ is: 'present' })
    expect(source.asked).toEqual(['manifest', '0-24', '24-48', '48-60'])
    expect(bytesOf(disk)).toEqual(Uint8Array.from(bytes))
    expect(disk.parts.size).toBe(0)
    expect(blobs.has(ref.sha256)).toBe(true)
    expect(await blobs.manifest(ref.sha256)).toEqual(example.manifest)
  })

  test('pieces may be cut anywhere', async () => {
    const read = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, i) => bytes.subarray(from + i, from + i + 1))
    const { blobs, disk, live } = await openExample({ sources: [sourceOf('keep', example, { read })] })
    blobs.want(ref)
    await live(10)
    expect(bytesOf(disk)).toEqual(Uint8Array.from(bytes))
  })

  test('an empty blob is one too', async () => {
    const empty = exampleOf(Buffer.alloc(0))
    const { blobs, disk, live } = await openExample({ sources: [sourceOf('keep', empty)] })
    blobs.want(empty.ref)
    await live(10)
    expect(disk.whole.get(empty.ref.sha256)?.bytes.length).toBe(0)
  })

  test('two who want the same blob share one download, and a third finds it there', async () => {
    const source = sourceOf('keep', example)
    const { blobs, live } = await openExample({ sources: [source] })
    const [one, two] = [blobs.want(ref), blobs.want(ref)]
    await live(10)
    expect([await one.ended, await two.ended]).toEqual([{ is: 'present' }, { is: 'present' }])
    expect(source.asked).toHaveLength(4)
    expect(blobs.want(ref).state()).toEqual({ is: 'present' })
    expect(await blobs.want({ ...ref, size: 61 }).ended).toEqual({ is: 'failed', why: 'contradiction' })
  })
})

describe('a source that is not', () => {
  test('BLOB-6 one that is silent for 20 s is left for the next, and known chunks are skipped', async () => {
    const read = (from: number) => [bytes.subarray(from, 17), 'never'] as const
    const silent = sourceOf('silent', example, { read })
    const good = sourceOf('good', example)
    const { blobs, live } = await openExample({ sources: [silent, good] })
    const want = blobs.want(ref)
    await live(19_000)
    expect(want.state()).toEqual({ is: 'fetching', present: 2, total: 8, source: 'silent' })
    await live(2_000)
    expect(want.state()).toEqual({ is: 'present' })
    expect(good.asked).toEqual(['manifest', '16-40', '40-60'])
  })

  test('BLOB-6 one that drips a byte each 15 s is left when a chunk has taken 5 minutes', async () => {
    const large = exampleOf(bytes, 32)
    const { blobs, sources, machine, live } = await openExample({ limits: { chunkBytes: 32 } })
    async function* drip(signal: AbortSignal) {
      for (let at = 0; ; at += 1) {
        const { promise, resolve } = Promise.withResolvers<void>()
        signal.addEventListener('abort', () => resolve())
        machine.timers.after(15_000, resolve)
        await promise
        yield bytes.subarray(at % 60, (at % 60) + 1)
      }
    }
    const read = (_: string, __: number, ___: number, signal: AbortSignal) => drip(signal)
    sources.push({ ...sourceOf('drips', large), read }, sourceOf('good', large))
    const want = blobs.want(ref)
    await live(290_000)
    expect(want.state()).toMatchObject({ is: 'fetching', source: 'drips' })
    await live(20_000)
    expect(want.state()).toEqual({ is: 'present' })
  })

  test.each([
    ['wrong bytes', { read: (from: number, to: number) => [Buffer.alloc(to - from, 1)] }],
    [
      'more than was asked for',
      { read: (from: number, to: number) => [bytes.subarray(from, to), Buffer.alloc(8)] },
    ],
    ['another manifest', { manifest: '{"sha256":"x"}' }],
    ['no JSON', { manifest: '<html>' }],
    ['a manifest without end', { manifest: 'x'.repeat(400_000) }],
  ])('BLOB-5 one that sends %s is left, passed over for a round, and the log says so', async (_, habit) => {
    const liar = sourceOf('liar', example, habit)
    const { blobs, live, said, disk } = await openExample({ sources: [liar] })
    const want = blobs.want(ref)
    await live(100)
    expect(want.state()).toMatchObject({
      is: 'waiting',
      why: 'sources',
      tried: [{ source: 'liar', why: 'wrong' }],
    })
    expect(said.some((line) => line.startsWith('warn') && line.includes('liar'))).toBe(true)
    const before = liar.asked.length
    await live(7_000)
    expect(liar.asked).toHaveLength(before)
    await live(14_000)
    expect(liar.asked.length).toBeGreaterThan(before)
    expect(disk.whole.size).toBe(0)
    want.cancel()
    await calm()
    expect(want.state()).toEqual({ is: 'cancelled' })
  })

  test.each([
    ['ends too early', { read: (from: number) => [bytes.subarray(from, from + 9)] }, 'short'],
    ['breaks off', { read: (from: number) => [bytes.subarray(from, from + 9), 'break' as const] }, 'away'],
  ])('one that %s keeps what it gave', async (_, habit, why) => {
    const { blobs, live } = await openExample({ sources: [sourceOf('keep', example, habit)] })
    const want = blobs.want(ref)
    await live(100)
    expect(want.state()).toMatchObject({ is: 'waiting', tried: [{ why }] })
    await live(600_000)
    expect(want.state()).toEqual({ is: 'present' })
  })

  test('BLOB-5 a manifest that lies about one chunk costs that chunk, whoever told it', async () => {
    const lie = { ...example.manifest, chunks: example.manifest.chunks.with(2, hashOf(Buffer.alloc(8, 9))) }
    const read = (from: number, to: number) => {
      const wrong = Buffer.from(bytes)
      wrong.fill(9, 16, 24)
      return [wrong.subarray(from, to)]
    }
    const liar = sourceOf('liar', example, { manifest: manifestText(lie), read })
    const good = sourceOf('good', example)
    const { blobs, disk, live } = await openExample({ sources: [liar, good] })
    const want = blobs.want(ref)
    await live(100)
    expect(want.state()).toEqual({ is: 'present' })
    expect(good.asked).toEqual(['manifest', '16-24'])
    expect(bytesOf(disk)).toEqual(Uint8Array.from(bytes))
  })

  test('BLOB-5 where the fact names the manifest, the lie is seen before a byte of it is fetched', async () => {
    const lie = { ...example.manifest, chunks: example.manifest.chunks.toReversed() }
    const liar = sourceOf('liar', example, { manifest: manifestText(lie) })
    const { blobs, live } = await openExample({ sources: [liar, sourceOf('good', example)] })
    const want = blobs.want({ ...ref, manifest: manifestHash(example.manifest) })
    await live(100)
    expect(want.state()).toEqual({ is: 'present' })
    expect(liar.asked).toEqual(['manifest'])
  })

  test('a fact whose manifest and hash contradict each other fails, and nothing stays', async () => {
    const other = blobOf(60, 2)
    const lie = { ...example.manifest, chunks: other.manifest.chunks }
    const source = sourceOf('keep', example, {
      manifest: manifestText(lie),
      read: (from, to) => [other.bytes.subarray(from, to)],
    })
    const { blobs, disk, live } = await openExample({ sources: [source] })
    const want = blobs.want({ ...ref, manifest: manifestHash(lie) })
    await live(100)
    expect(want.state()).toEqual({ is: 'failed', why: 'contradiction' })
    expect([disk.parts.size, disk.whole.size]).toEqual([0, 0])
  })

  test('without a source it waits and says so; one that comes is asked at once', async () => {
    const { blobs, sources, live } = await openExample()
    const want = blobs.want(ref)
    await live(900_000)
    expect(want.state()).toEqual({ is: 'waiting', why: 'no-source', tried: [] })
    sources.push(sourceOf('keep', example))
    blobs.wake()
    await live(10)
    expect(want.state()).toEqual({ is: 'present' })
  })

  test('BLOB-6 rounds are 5 s apart, then twice as long each time, up to 5 minutes', async () => {
    const absent = sourceOf('absent', blobOf(60, 9))
    const { blobs, live } = await openExample({ sources: [absent] })
    blobs.want(ref)
    const rounds: number[] = []
    for (let minute = 0; minute < 60; minute += 1) {
      const before = absent.asked.length
      await live(60_000)
      rounds.push(absent.asked.length - before)
    }
    expect(rounds[0]).toBeGreaterThanOrEqual(3)
    expect(rounds[0]).toBeLessThanOrEqual(5)
    const later = rounds.slice(20).reduce((sum, each) => sum + each, 0)
    expect(later).toBeGreaterThanOrEqual(6)
    expect(later).toBeLessThanOrEqual(11)
  })
})

test('BLOB-6 chunks that were there before do not make the rounds more frequent', async () => {
  const { blobs, sources, live } = await openExample()
  const source = sourceOf('keep', example, { read: upTo(24) })
  sources.push({
    ...source,
    read: (_, from, to, signal) => source.read(ref.sha256, from, Math.min(to, 24), signal),
  })
  blobs.want(ref)
  await live(60_000)
  source.asked.length = 0
  await live(3_600_000, 1_000)
  expect(source.asked.filter((asked) => asked === 'manifest').length).toBeLessThanOrEqual(16)
})

describe('starts, kills and power cuts', () => {
  test('BLOB-3 what was fetched before the kill is not fetched again', async () => {
    const disk = new BlobDisk()
    const read = upTo(37)
    const before = await openExample({ disk, sources: [sourceOf('keep', example, { read })] })
    before.blobs.want(ref)
    await before.live(100)
    const source = sourceOf('keep', example)
    const after = await openExample({ disk, sources: [source] })
    after.blobs.want(ref)
    await after.live(100)
    expect(source.asked).toEqual(['manifest', '32-56', '56-60'])
    expect(bytesOf(disk)).toEqual(Uint8Array.from(bytes))
  })

  test('BLOB-3 what a power cut tore is fetched again, and never appears', async () => {
    const disk = new BlobDisk()
    const read = upTo(45)
    const before = await openExample({ disk, sources: [sourceOf('keep', example, { read })] })
    before.blobs.want(ref)
    await before.live(100)
    const part = disk.parts.get(ref.sha256)
    part?.synced.fill(0, 8, 16)
    disk.cutPower()
    const source = sourceOf('keep', example)
    const after = await openExample({ disk, sources: [source] })
    after.blobs.want(ref)
    await after.live(100)
    expect(source.asked.slice(0, 3)).toEqual(['manifest', '8-16', '32-56'])
    expect(hashOf(bytesOf(disk) ?? Buffer.alloc(0))).toBe(ref.sha256)
  })

  test('a part that is longer than the blob begins anew', async () => {
    const disk = new BlobDisk()
    await disk.open().write(ref.sha256, 0, Buffer.concat([bytes, Buffer.alloc(5)]))
    const { blobs, live } = await openExample({ disk, sources: [sourceOf('keep', example)] })
    blobs.want(ref)
    await live(100)
    expect(bytesOf(disk)).toEqual(Uint8Array.from(bytes))
  })

  test('stopping leaves no timer, and keeps what has come', async () => {
    const read = (from: number) => [bytes.subarray(from, 16), 'never' as const]
    const { blobs, disk, live, pending } = await openExample({
      sources: [sourceOf('keep', example, { read })],
    })
    const want = blobs.want(ref)
    await live(100)
    await blobs.stop()
    expect(await want.ended).toEqual({ is: 'cancelled' })
    expect(pending()).toBe(0)
    expect(disk.parts.get(ref.sha256)?.bytes.length).toBe(16)
    expect(blobs.want(ref).state()).toEqual({ is: 'cancelled' })
  })
})

describe('pauses and rates', () => {
  test('BLOB-7 a pause stops what is under way, and its end lets it go on where it was', async () => {
    const read = (from: number) => [bytes.subarray(from, 16), 'never' as const]
    const { blobs, sources, live } = await openExample({ sources: [sourceOf('keep', example, { read })] })
    const want = blobs.want(ref)
    await live(1_000)
    blobs.pause('event lock')
    await live(600_000)
    expect(want.state()).toMatchObject({ is: 'waiting', why: 'paused' })
    const good = sourceOf('good', example)
    sources.splice(0, 1, good)
    await live(600_000)
    expect(good.asked).toEqual([])
    blobs.pause(null)
    await live(10)
    expect(want.state()).toEqual({ is: 'present' })
    expect(good.asked).toEqual(['manifest', '16-40', '40-60'])
  })

  test('BLOB-7 all downloads together keep to the rate', async () => {
    const { blobs, live } = await openExample({
      sources: [sourceOf('keep', example)],
      limits: { bytesPerSecond: 10 },
    })
    const want = blobs.want(ref)
    await live(4_000)
    expect(want.state()).toMatchObject({ is: 'fetching', present: 6 })
    await live(3_000)
    expect(want.state()).toEqual({ is: 'present' })
  })
})

describe('a disk that refuses', () => {
  const disks = (free: number) => ({ room: (used: number) => ({ free: free - used, size: 1000 }) })

  test('BLOB-9 refused before its first byte, with need, free and reserve; nothing stays', async () => {
    const source = sourceOf('keep', example)
    const { blobs, disk, live } = await openExample({
      sources: [source],
      hooks: disks(150),
      limits: { reserve: () => 100 },
    })
    const want = blobs.want(ref)
    await live(10)
    expect(want.state()).toEqual({ is: 'refused', need: 60, free: 150, reserve: 100 })
    expect(source.asked).toEqual(['manifest'])
    expect(disk.parts.size).toBe(0)
  })

  test('BLOB-9 a disk that fills up meanwhile ends the download, and nothing of it stays', async () => {
    let free = 1000
    const room = (used: number) => ({ free: free - used, size: 1000 })
    const read = function* (from: number, to: number) {
      if (from > 0) free = 70
      yield bytes.subarray(from, to)
    }
    const { blobs, disk, live } = await openExample({
      sources: [sourceOf('keep', example, { read })],
      hooks: { room },
      limits: { reserve: () => 100 },
    })
    const want = blobs.want(ref)
    await live(10)
    expect(want.state()).toMatchObject({ is: 'refused', need: 12, reserve: 50 })
    expect(disk.parts.size).toBe(0)
  })

  test('BLOB-9 a disk that is full although its figures say otherwise refuses too', async () => {
    const at = async (what: string) => {
      if (what === 'write') throw new StoreError('full', 'quota')
    }
    const { blobs, live, disk } = await openExample({ sources: [sourceOf('keep', example)], hooks: { at } })
    const want = blobs.want(ref)
    await live(10)
    expect(want.state()).toEqual({ is: 'refused', need: 60, free: 0, reserve: 0 })
    expect(disk.parts.size).toBe(0)
  })

  test('a disk that fails is tried again, and the chunks that came stay', async () => {
    let isBad = false
    const at = async (what: string) => {
      if (what === 'sync' && isBad) throw new StoreError('io', 'bad sector')
    }
    const read = function* (from: number, to: number) {
      isBad = from === 24
      yield bytes.subarray(from, to)
    }
    const source = sourceOf('keep', example, { read })
    const { blobs, live } = await openExample({ sources: [source], hooks: { at } })
    const want = blobs.want(ref)
    await live(100)
    expect(want.state()).toMatchObject({ is: 'waiting', why: 'disk' })
    source.asked.length = 0
    await live(10_000)
    expect(want.state()).toEqual({ is: 'present' })
    expect(source.asked[1]).not.toBe('0-24')
  })
})
