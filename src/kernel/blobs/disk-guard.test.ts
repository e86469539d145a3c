import { expect, test } from 'vitest'
import { StoreError } from '../../store/truth.ts'
import { manualMachine } from '../manual-machine.ts'
import { calm } from './blobs.example.ts'
import { DiskGuard } from './disk-guard.ts'

function guarded(evictable = 0) {
  const { machine, pass, said, pending } = manualMachine()
  const disk = { free: 500, evictable, isBad: false }
  const guard = new DiskGuard({
    machine,
    room: async () => {
      if (disk.isBad) throw new StoreError('io', 'gone')
      return { free: disk.free, size: 1000 }
    },
    reserve: () => 100,
    evictUntil: async (wanted) => {
      const gone = Math.min(disk.evictable, Math.max(0, wanted - disk.free))
      disk.free += gone
      disk.evictable -= gone
    },
    everyMs: 10_000,
  })
  const levels: string[] = []
  guard.onLevel(({ level }) => levels.push(level))
  const becomes = async (free: number) => {
    disk.free = free
    pass(10_000)
    await calm()
  }
  return { guard, disk, levels, said, becomes, pending }
}

test('BLOB-11 each level is told once, and long before the disk is full', async () => {
  const { guard, levels, said, becomes, pending } = guarded()
  await guard.start()
  for (const free of [99, 98, 120, 49, 24, 90, 200]) await becomes(free)
  expect(levels).toEqual(['low', 'short', 'scarce', 'low', 'good'])
  expect(said.map((line) => line.split(' ')[0])).toEqual(['warn', 'error', 'error', 'info', 'info'])
  expect(guard.state).toEqual({ free: 200, size: 1000, reserve: 100, level: 'good' })
  guard.stop()
  expect(pending()).toBe(0)
})

test('BLOB-11 what nobody needs goes before anybody is told', async () => {
  const { guard, disk, levels, becomes } = guarded(60)
  await guard.start()
  await becomes(50)
  expect([disk.free, disk.evictable]).toEqual([100, 10])
  expect(levels).toEqual([])
  await becomes(80)
  expect(levels).toEqual(['low'])
})

test('a disk that cannot be asked is said once, and looked at again', async () => {
  const { guard, disk, said, becomes } = guarded()
  await guard.start()
  disk.isBad = true
  await becomes(10)
  await becomes(10)
  disk.isBad = false
  await becomes(10)
  expect(said.map((line) => line.split(' ')[0])).toEqual(['error', 'error'])
  expect(guard.state?.level).toBe('scarce')
})
