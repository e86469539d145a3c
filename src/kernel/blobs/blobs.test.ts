import { describe, expect, test } from 'vitest'
import { BlobDisk } from '../../store/blob-memory.ts'
import { blobOf, calm, openExample, sourceOf } from './blobs.example.ts'
import type { Example } from './blobs.example.ts'

const [a, b, c] = [blobOf(40, 1), blobOf(40, 2), blobOf(40, 3)]

/** A disk of 1000 bytes with so many free, and what it held before. */
async function opened(free: number, ...here: readonly Example[]) {
  const disk = new BlobDisk()
  for (const { bytes, ref } of here) {
    await disk.open().write(ref.sha256, 0, bytes)
    await disk.open().show(ref.sha256, ref.sha256)
  }
  const room = (used: number) => ({ free: free - used, size: 1000 })
  const example = await openExample({ disk, hooks: { room }, limits: { reserve: () => 50 } })
  return { ...example, names: () => [...disk.whole.keys()] }
}

describe('what is needed', () => {
  test('BLOB-10 what nobody holds goes for room, what is unused for longest first', async () => {
    const { blobs, sources, live, names } = await opened(160, a, b)
    await (await blobs.open(a.ref.sha256))?.close()
    sources.push(sourceOf('keep', c))
    const want = blobs.want(c.ref)
    await live(10)
    expect(want.state()).toEqual({ is: 'present' })
    expect(names()).toEqual([a.ref.sha256, c.ref.sha256])
  })

  test('BLOB-10 what is held never goes: the new blob is refused instead', async () => {
    const { blobs, sources, live, names } = await opened(160, a, b)
    await blobs.hold('tv.current', [a.ref.sha256, b.ref.sha256])
    sources.push(sourceOf('keep', c))
    const want = blobs.want(c.ref)
    await live(10)
    expect(want.state()).toEqual({ is: 'refused', need: 40, free: 80, reserve: 50 })
    expect(names()).toHaveLength(2)
    expect(await blobs.evictUntil(1000)).toEqual([])
  })

  test('BLOB-10 holds outlive the process, before anybody says them again', async () => {
    const { blobs, disk } = await opened(1000, a, b)
    await blobs.hold('tv.current', [a.ref.sha256])
    await blobs.hold('tv.next', [b.ref.sha256])
    await blobs.hold('tv.next', [])
    await blobs.stop()
    const next = await openExample({ disk })
    expect(next.blobs.heldBy('tv.current')).toEqual([a.ref.sha256])
    expect(await next.blobs.evictUntil(2 ** 50)).toEqual([b.ref.sha256])
    expect([...disk.whole.keys()]).toEqual([a.ref.sha256])
  })

  test('BLOB-10 where it cannot be read what is held, everything is', async () => {
    const { disk } = await opened(1000, a)
    disk.notes.set('holds', '{"tv":["../../etc/passwd"]}')
    const { blobs, said } = await openExample({ disk })
    expect(await blobs.evictUntil(2 ** 50)).toEqual([])
    expect(said.some((line) => line.startsWith('error'))).toBe(true)
  })

  test('BLOB-10 a hold that could not be written down is refused, and what was held stays held', async () => {
    const { disk } = await opened(1000, a, b)
    let isBad = false
    const at = async (what: string) => {
      if (isBad && what === 'saveNote') throw new Error('bad')
    }
    const { blobs } = await openExample({ disk, hooks: { at } })
    await blobs.hold('tv', [a.ref.sha256])
    isBad = true
    await expect(blobs.hold('tv', [b.ref.sha256])).rejects.toThrow('bad')
    expect(await blobs.evictUntil(2 ** 50)).toEqual([b.ref.sha256])
    expect(blobs.heldBy('tv')).toEqual([a.ref.sha256])
  })

  test('BLOB-10 what somebody reads does not go', async () => {
    const { blobs } = await opened(1000, a)
    const reader = await blobs.open(a.ref.sha256)
    expect(await blobs.evictUntil(2 ** 50)).toEqual([])
    await reader?.close()
    await reader?.close()
    expect(await blobs.evictUntil(2 ** 50)).toEqual([a.ref.sha256])
    expect(await blobs.open(a.ref.sha256)).toBeUndefined()
  })

  test('BLOB-10 what was held until now is the last to go', async () => {
    const { blobs, disk } = await opened(1000, a, b)
    await blobs.hold('tv', [a.ref.sha256])
    await blobs.hold('tv', [])
    const { blobs: next } = await openExample({ disk })
    expect(await next.evictUntil(2 ** 40 - 70)).toEqual([b.ref.sha256])
  })

  test('BLOB-9 a wish that cannot be met empties nothing', async () => {
    const { blobs, sources, live, names } = await opened(180, a, b)
    const large = blobOf(400, 5)
    sources.push(sourceOf('keep', large))
    const want = blobs.want(large.ref)
    await live(10)
    expect(want.state()).toEqual({ is: 'refused', need: 400, free: 180, reserve: 50 })
    expect(names()).toHaveLength(2)
  })

  test('BLOB-9 two downloads do not count on the same free bytes', async () => {
    const { blobs, sources, live, disk } = await opened(120)
    const slow = (example: Example) =>
      sourceOf(example.ref.sha256, example, { read: () => ['never' as const] })
    sources.push(slow(a), slow(b))
    const [one, two] = [blobs.want(a.ref), blobs.want(b.ref)]
    await live(1_000)
    expect([one.state().is, two.state().is].toSorted()).toEqual(['fetching', 'refused'])
    expect(disk.used).toBe(0)
  })
})

describe('parts', () => {
  test('BLOB-3 a part that nobody goes on with is kept for a day of running, then goes', async () => {
    const { blobs, sources, live, disk } = await opened(1000)
    sources.push(sourceOf('keep', a, { read: (from) => [a.bytes.subarray(from, 16), 'never'] }))
    const want = blobs.want(a.ref)
    await live(1_000)
    want.cancel()
    await live(23 * 3_600_000, 60_000)
    expect(disk.parts.size).toBe(1)
    await live(2 * 3_600_000, 60_000)
    expect(disk.parts.size).toBe(0)
  })

  test('a part that nobody goes on with makes room before any blob does', async () => {
    const { blobs, sources, live, disk } = await opened(140, b)
    sources.push(sourceOf('keep', a, { read: (from) => [a.bytes.subarray(from, 16), 'never'] }))
    const want = blobs.want(a.ref)
    await live(1_000)
    want.cancel()
    await calm()
    sources.splice(0, 1, sourceOf('keep', c))
    blobs.want(c.ref)
    await live(1_000)
    expect([...disk.whole.keys()]).toEqual([b.ref.sha256, c.ref.sha256])
    expect(disk.parts.size).toBe(0)
  })
})

describe('what the box made itself', () => {
  test('BLOB-1 is kept under its hash', async () => {
    const { blobs, disk } = await opened(1000)
    const added = await blobs.add(40, [a.bytes.subarray(0, 11), a.bytes.subarray(11)])
    expect(added).toEqual({ is: 'present', ref: a.ref })
    expect(blobs.has(a.ref.sha256)).toBe(true)
    expect(await blobs.manifest(a.ref.sha256)).toEqual(a.manifest)
    expect(disk.notes.get(`${a.ref.sha256}.chunks`)).toBe(JSON.stringify(a.manifest))
  })

  test('and leaves nothing where it is refused, or not as long as was said', async () => {
    const { blobs, disk } = await opened(80)
    expect(await blobs.add(40, [a.bytes])).toEqual({ is: 'refused', need: 40, free: 80, reserve: 50 })
    for (const size of [10, 20]) await expect(blobs.add(size, [Buffer.alloc(15)])).rejects.toThrow(RangeError)
    expect([disk.parts.size, disk.whole.size]).toEqual([0, 0])
  })

  test('what a kill left of it goes at the next start', async () => {
    const disk = new BlobDisk()
    await disk.open().write('new-0123456789', 0, Buffer.alloc(9))
    await openExample({ disk })
    expect(disk.parts.size).toBe(0)
  })
})
