import { describe, expect, test } from 'vitest'
import { toyKnown } from '../pack/toy-pack.ts'
import type { Item } from '../site/sequencer.ts'
import { first, toyKeeper } from '../site/toy-keeper.ts'
import { longestOverrideMs, mostSaveBytes } from './actions.ts'
import { keptSteps } from './apply.ts'
import type { Document } from './document.ts'
import { hubSite } from './target.ts'

let asked = 0
const ask = (action: string, input: unknown): Item => {
  return { do: 'act', action, key: `k${(asked += 1)}`, who: 'ada', input }
}
const target = 'site:hall'
const save = (base: number | null, patch: Document, more: object = {}): Item =>
  ask('setting.save', { target, base, patch: { toy: patch }, comment: 'c', ...more })
const keeper = (site = 'hall') => {
  const { kept, views } = toyKeeper(toyKnown, site)
  return {
    did: (item: Item) => first(kept(item)),
    row: () => views.kernel.settings.get(target),
    views,
  }
}

describe('setting.save', () => {
  test('SET-5 one save is one version, counted by the log that owns the fields', () => {
    const { did, row } = keeper()
    expect(did(save(0, { volume: 3 }))).toMatchObject({ did: 'act', answer: { version: 1, changed: 1 } })
    expect(did(save(1, { playlist: [{ id: 'a', title: 't' }] }))).toMatchObject({ answer: { version: 2 } })
    expect(row()).toMatchObject({
      version: 2,
      document: { toy: { volume: 3, playlist: [{ id: 'a', title: 't' }] } },
    })
  })

  test('SET-5 what changes nothing makes no version', () => {
    const { did, row } = keeper()
    did(save(0, { volume: 3 }))
    expect(did(save(1, { volume: 3 }))).toMatchObject({ answer: { version: 1, changed: 0 } })
    expect(row()?.version).toBe(1)
  })

  test('SET-4 what does not fit is refused, the path named', () => {
    const { did, row } = keeper()
    expect(did(save(0, { colour: 1 }))).toMatchObject({
      code: 'unknown-path',
      detail: { path: 'toy.colour' },
    })
    expect(did(save(0, { volume: 101 }))).toMatchObject({
      code: 'wrong-type',
      detail: { path: 'toy.volume' },
    })
    const long = { note: 'x'.repeat(mostSaveBytes) }
    expect(did(save(0, long))).toMatchObject({ code: 'too-large' })
    expect(did(ask('setting.save', { target: 'moon', base: 0, patch: {}, comment: '' }))).toMatchObject({
      code: 'malformed',
      detail: { field: 'target' },
    })
    expect(row()).toBeUndefined()
  })

  test('SET-1 a document stays below 256 KB', () => {
    const { did } = keeper()
    const part = (index: number) => ({
      playlist: Array.from({ length: 10 }, (_, i) => ({ id: `i${index}x${i}`, title: 'x'.repeat(2_300) })),
    })
    const answers = Array.from({ length: 12 }, (_, index) => did(save(null, part(index))))
    expect(answers.at(-1)).toMatchObject({ did: 'refused', code: 'too-large', detail: { path: target } })
    expect(answers.filter((each) => each?.did === 'act')).toHaveLength(11)
  })

  test('SET-6 a stale base merges other fields; the same field is a conflict with both values', () => {
    const { did, row } = keeper()
    did(save(0, { volume: 3, note: 'a' }))
    did(save(1, { volume: 4 }))
    expect(did(save(1, { note: 'b' }))).toMatchObject({ answer: { version: 3 } })
    expect(did(save(1, { volume: 5, note: 'b' }))).toMatchObject({
      code: 'conflict',
      detail: { path: 'toy.volume', base: '3', yours: '5', theirs: '4', version: 3, fields: 1 },
    })
    expect(row()?.document).toEqual({ toy: { volume: 4, note: 'b' } })
  })

  test('SET-5 another owner’s field is refused, the owner named; with force it goes to its keeper', () => {
    const { did, row, views } = keeper()
    const both = { volume: 3, language: 'fr' }
    expect(did(save(0, both))).toMatchObject({
      code: 'not-owner',
      detail: { path: 'toy.language', owner: 'hub' },
    })
    expect(did(save(0, both, { force: { reason: 'the hub is gone' } }))).toMatchObject({
      answer: { version: 1 },
    })
    expect(row()?.document).toEqual({ toy: { volume: 3 } })
    expect(views.kernel.errands.all()).toMatchObject([
      {
        site: hubSite,
        action: 'setting.save',
        state: 'waiting',
        who: 'ada',
        input: { target, base: null, patch: { toy: { language: 'fr' } }, comment: 'the hub is gone' },
      },
    ])
  })

  test('SET-5 at the hub the hub owns, and force finds the site in the target or is told it', () => {
    const { did, views } = keeper(hubSite)
    expect(did(save(0, { volume: 3 }))).toMatchObject({ code: 'not-owner', detail: { owner: 'site' } })
    expect(did(save(0, { language: 'fr' }))).toMatchObject({ answer: { version: 1 } })
    did(save(1, { volume: 3 }, { force: { reason: 'r' } }))
    const box = { target: 'box:b1', base: 0, patch: { toy: { volume: 3 } }, comment: '' }
    expect(did(ask('setting.save', { ...box, force: { reason: 'r' } }))).toMatchObject({ code: 'no-site' })
    did(ask('setting.save', { ...box, force: { reason: 'r', site: 'hall-2' } }))
    expect(views.kernel.errands.all().map(({ site }) => site)).toEqual(['hall', 'hall-2'])
  })
})

describe('setting.restore', () => {
  test('SET-7 an old version comes back as a new one', () => {
    const { did, row } = keeper()
    did(save(0, { volume: 3, playlist: [{ id: 'a' }] }))
    did(save(1, { volume: 4, playlist: [{ id: 'a', removed: true }] }))
    did(save(2, { note: 'n' }))
    expect(did(ask('setting.restore', { target, version: 1, comment: '' }))).toMatchObject({
      answer: { version: 4 },
    })
    expect(row()?.document).toEqual({ toy: { volume: 3, playlist: [{ id: 'a' }] } })
    expect(did(ask('setting.restore', { target, version: 9, comment: '' }))).toMatchObject({
      code: 'unknown-version',
    })
  })

  test('SET-7 the newest versions can be restored, the oldest stand in the log only', () => {
    const { did, views } = keeper()
    for (let i = 0; i < keptSteps + 5; i++) did(save(i, { volume: i % 7 }))
    expect(views.kernel.settingSteps.count('byTarget', target)).toBe(keptSteps)
    expect(did(ask('setting.restore', { target, version: 3, comment: '' }))).toMatchObject({ did: 'refused' })
    expect(did(ask('setting.restore', { target, version: 5, comment: '' }))).toMatchObject({ did: 'act' })
  })
})

describe('setting.override', () => {
  const override = (more: object = {}): Item =>
    ask('setting.override', { target, patch: { toy: { volume: 9, language: 'en' } }, reason: 'r', ...more })

  test('SET-8 it leaves what is saved as it is, whoever owns the field, and counts as a version', () => {
    const { did, row, views } = keeper()
    did(save(0, { volume: 3 }))
    expect(did(override())).toMatchObject({ answer: { version: 2 } })
    expect(row()).toMatchObject({ version: 2, document: { toy: { volume: 3 } } })
    expect(views.kernel.settingOverrides.all()).toMatchObject([{ version: 2, forMs: 24 * 3_600_000 }])
    expect(did(save(1, { note: 'n' }))).toMatchObject({ answer: { version: 3 } })
  })

  test('SET-8 it ends once, and after at most seven days', () => {
    const { did, views } = keeper()
    did(override())
    const end = { target, override: 1 }
    expect(did(ask('setting.return', end))).toMatchObject({ answer: { version: 2 } })
    expect(did(ask('setting.return', end))).toMatchObject({ code: 'no-override' })
    expect(views.kernel.settingOverrides.all()).toEqual([])
    expect(did(override({ forMs: longestOverrideMs + 1 }))).toMatchObject({ code: 'malformed' })
  })
})
