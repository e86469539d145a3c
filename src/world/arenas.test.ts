import { expect, test } from 'vitest'
import { live } from './mutants/trial.ts'

/** Short days that once found a defect of the kernel, by what it was. */
const once = [
  { arena: 'short memories', seed: 4, was: 'a gap below what is held is filled by a hand-in' },
  {
    arena: 'short memories',
    seed: 10,
    was: 'records pass through a box that trimmed what its log then lost',
  },
  { arena: 'rewinds', seed: 39, was: 'a position is read from views that are being made anew' },
  { arena: 'small boxes', seed: 44, was: 'who takes part is not known yet when the first entry is there' },
  { arena: 'short memories', seed: 108, was: 'a top whose log was cut still counts as having a record' },
  { arena: 'unassigned', seed: 1, was: 'a box that was unassigned while it was away is a stranger' },
  { arena: 'two keepers', seed: 3, was: 'the disk refuses to forget salvage that memory has forgotten' },
]

test.each(once)('$arena $seed stays clean: $was', { timeout: 120_000 }, async ({ arena, seed }) => {
  expect(await live({ arena, seed })).toMatchObject({ is: 'clean', text: '' })
})
