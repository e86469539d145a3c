import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { BlobFiles } from './blob-files.ts'

const name = (letter: string) => letter.repeat(43)
const bytes = (...values: readonly number[]) => Uint8Array.from(values)

/** What the port promises, whatever the blobs lie on. `open` opens the same place again, as the next process does. */
export function blobFilesContract(
  engine: string,
  make: () => Promise<{ readonly open: () => Promise<BlobFiles>; readonly remove: () => Promise<void> }>,
): void {
  describe(`blob files: ${engine}`, () => {
    let place: Awaited<ReturnType<typeof make>>
    let files: BlobFiles
    beforeEach(async () => {
      place = await make()
      files = await place.open()
    })
    afterEach(async () => {
      await files.close()
      await place.remove()
    })

    const put = async (letter: string, ...values: readonly number[]) => {
      await files.write(letter, 0, bytes(...values))
      await files.sync(letter)
      await files.show(letter, name(letter))
    }

    test('BLOB-1 a part is written anywhere, read back, and becomes a whole blob', async () => {
      await files.write('p', 4, bytes(5, 6))
      await files.write('p', 0, bytes(1, 2, 3, 4))
      expect(await files.readPart('p', 1, 99)).toEqual(bytes(2, 3, 4, 5, 6))
      expect(await files.open(name('a'))).toBeUndefined()
      await files.sync('p')
      await files.show('p', name('a'))
      const reader = await files.open(name('a'))
      expect(reader?.size).toBe(6)
      expect(await reader?.read(4, 99)).toEqual(bytes(5, 6))
      await reader?.close()
      expect(await files.readPart('p', 0, 9)).toEqual(bytes())
      expect((await files.list()).parts).toEqual([])
    })

    test('what lies between two pieces reads as zeros', async () => {
      await files.write('p', 3, bytes(9))
      expect(await files.readPart('p', 0, 9)).toEqual(bytes(0, 0, 0, 9))
    })

    test('a part that grew before goes on after the next start', async () => {
      await files.write('p', 0, bytes(1, 2))
      await files.sync('p')
      await files.close()
      files = await place.open()
      expect((await files.list()).parts.map(({ part }) => part)).toEqual(['p'])
      await files.write('p', 2, bytes(3))
      expect(await files.readPart('p', 0, 9)).toEqual(bytes(1, 2, 3))
    })

    test('BLOB-8 the list begins with what is unused for longest, over starts', async () => {
      await put('a', 1)
      await put('b', 1, 2)
      await put('c', 1, 2, 3)
      await files.use(name('a'))
      await files.use(name('z'))
      await files.close()
      files = await place.open()
      await files.use(name('b'))
      expect((await files.list()).whole).toEqual([
        { sha256: name('c'), size: 3 },
        { sha256: name('a'), size: 1 },
        { sha256: name('b'), size: 2 },
      ])
    })

    test('what is removed is gone with its note, and can be read to its end by who has it open', async () => {
      await put('a', 1, 2, 3)
      await files.saveNote(`${name('a')}.chunks`, 'x')
      const reader = await files.open(name('a'))
      await files.remove(name('a'))
      await files.remove(name('a'))
      expect(await files.open(name('a'))).toBeUndefined()
      expect(await files.note(`${name('a')}.chunks`)).toBeUndefined()
      expect(await reader?.read(0, 3)).toEqual(bytes(1, 2, 3))
      await reader?.close()
    })

    test('a part that is removed leaves nothing, and may begin again', async () => {
      await files.write('p', 0, bytes(1))
      await files.removePart('p')
      await files.removePart('p')
      expect((await files.list()).parts).toEqual([])
      await files.write('p', 1, bytes(2))
      expect(await files.readPart('p', 0, 9)).toEqual(bytes(0, 2))
    })

    test('notes are kept whole, over starts', async () => {
      expect(await files.note('holds')).toBeUndefined()
      await files.saveNote('holds', '{"a":1}')
      await files.saveNote('holds', '{}')
      await files.close()
      files = await place.open()
      expect(await files.note('holds')).toBe('{}')
    })

    test('the room is some of the disk', async () => {
      const { free, size } = await files.room()
      expect(free).toBeGreaterThan(0)
      expect(free).toBeLessThanOrEqual(size)
    })

    test('a name that is none is a mistake of the caller, and touches nothing', async () => {
      for (const wrong of ['../evil', '', 'a/b', 'x'.repeat(65)])
        await expect(files.write(wrong, 0, bytes(1))).rejects.toThrow(TypeError)
      for (const wrong of ['short', `${name('a')}/`, '../../etc/passwd'])
        await expect(files.open(wrong)).rejects.toThrow(TypeError)
    })
  })
}
