import { expect, test } from 'vitest'
import { entries, salvaged, type OpenTruthStore } from './truth-samples.ts'

/** The part of the truth contract about branches that lost: what is given up is kept until it is settled. */
export function branchContract(open: OpenTruthStore): void {
  test('STORE-9 entries given up leave the log for the salvage, each with the term it was given under', async () => {
    await using store = await open()
    await store.truth.commit([
      { do: 'entries', site: 'meeting', rows: entries(1, 7, { 1: 't1', 3: 't2', 6: 't3' }) },
    ])
    await store.truth.commit([{ do: 'giveUp', site: 'meeting', keep: 4 }])
    const again = await store.reopen()
    expect(await again.salvage('meeting', 1e6)).toEqual([
      salvaged(5, 't2'),
      salvaged(6, 't3'),
      salvaged(7, 't3'),
    ])
    const terms = [
      { n: 1, term: 't1', chain: 'c1' },
      { n: 3, term: 't2', chain: 'c3' },
    ]
    expect(await again.sites()).toEqual([{ site: 'meeting', doc: '', n: 4, chain: 'c4', terms }])
    await again.commit([{ do: 'entries', site: 'meeting', rows: entries(5, 5, { 5: 't4' }) }])
    expect(await again.entries('meeting', 4, 1e6)).toEqual(entries(5, 5, { 5: 't4' }))
  })

  test('STORE-9 giving up the whole log leaves an empty one', async () => {
    await using store = await open()
    await store.truth.commit([{ do: 'entries', site: 'meeting', rows: entries(1, 2) }])
    await store.truth.commit([{ do: 'giveUp', site: 'meeting', keep: 0 }])
    expect(await store.truth.sites()).toEqual([{ site: 'meeting', doc: '', n: 0, chain: '', terms: [] }])
    expect(await store.truth.salvage('meeting', 1e6)).toEqual([salvaged(1, ''), salvaged(2, '')])
  })

  test('STORE-9 giving up what is not there changes nothing', async () => {
    await using store = await open()
    await store.truth.commit([{ do: 'entries', site: 'meeting', rows: entries(1, 2) }])
    for (const keep of [2, 3]) await store.truth.commit([{ do: 'giveUp', site: 'meeting', keep }])
    await store.truth.commit([{ do: 'giveUp', site: 'hall', keep: 0 }])
    expect(await store.truth.sites()).toMatchObject([{ site: 'meeting', n: 2, chain: 'c2' }])
    expect(await store.truth.salvage('meeting', 1e6)).toEqual([])
  })

  test('STORE-9 the same entry followed and given up twice is salvaged once; another term beside it is another entry', async () => {
    await using store = await open()
    for (const term of ['t1', 't1', 't2']) {
      await store.truth.commit([
        { do: 'entries', site: 'meeting', rows: entries(1, 2, { 1: term }) },
        { do: 'giveUp', site: 'meeting', keep: 0 },
      ])
    }
    const both = [salvaged(1, 't1'), salvaged(2, 't1'), salvaged(1, 't2'), salvaged(2, 't2')]
    expect(await store.truth.salvage('meeting', 1e6)).toEqual(both)
  })

  test('STORE-10 settling removes the entries of that term up to n, at that site only', async () => {
    await using store = await open()
    for (const site of ['meeting', 'hall']) {
      await store.truth.commit([
        { do: 'entries', site, rows: entries(1, 4, { 1: 't1', 4: 't2' }) },
        { do: 'giveUp', site, keep: 0 },
      ])
    }
    await store.truth.commit([{ do: 'settle', site: 'meeting', term: 't1', upTo: 2 }])
    expect(await store.truth.salvage('meeting', 1e6)).toEqual([salvaged(3, 't1'), salvaged(4, 't2')])
    await store.truth.commit([{ do: 'settle', site: 'meeting', term: 't2', upTo: 9 }])
    expect(await store.truth.salvage('meeting', 1e6)).toEqual([salvaged(3, 't1')])
    expect(await store.truth.salvage('hall', 1e6)).toHaveLength(4)
    expect(await store.truth.salvage('nowhere', 1e6)).toEqual([])
  })

  test('STORE-12 a hollow entry of the salvage keeps its head and its neighbours', async () => {
    await using store = await open()
    for (const site of ['meeting', 'hall']) {
      await store.truth.commit([
        { do: 'entries', site, rows: entries(1, 3, { 1: 't1', 3: 't2' }) },
        { do: 'giveUp', site, keep: 0 },
      ])
    }
    const hollow = { do: 'hollowSalvage', bodies: '-' } as const
    await store.truth.commit([
      { ...hollow, site: 'meeting', term: 't1', n: 2 },
      { ...hollow, site: 'meeting', term: 't1', n: 3 },
      { ...hollow, site: 'nowhere', term: 't1', n: 1 },
    ])
    const again = await store.reopen()
    expect(await again.salvage('meeting', 1e6)).toEqual([
      salvaged(1, 't1'),
      { ...salvaged(2, 't1'), bodies: '-' },
      salvaged(3, 't2'),
    ])
    expect(await again.salvage('hall', 1e6)).toEqual([
      salvaged(1, 't1'),
      salvaged(2, 't1'),
      salvaged(3, 't2'),
    ])
  })

  test('STORE-12 an entry that was made hollow in the salvage and is given up again has the text of the log', async () => {
    await using store = await open()
    const rows = entries(1, 1, { 1: 't1' })
    await store.truth.commit([
      { do: 'entries', site: 'meeting', rows },
      { do: 'giveUp', site: 'meeting', keep: 0 },
    ])
    await store.truth.commit([
      { do: 'hollowSalvage', site: 'meeting', term: 't1', n: 1, bodies: '-' },
      { do: 'entries', site: 'meeting', rows },
      { do: 'hollow', site: 'meeting', n: 1, bodies: '--' },
      { do: 'giveUp', site: 'meeting', keep: 0 },
    ])
    expect(await store.truth.salvage('meeting', 1e6)).toEqual([{ ...salvaged(1, 't1'), bodies: '--' }])
  })

  test('STORE-14 salvage ends where the next row would pass maxBytes, and gives at least one row', async () => {
    await using store = await open()
    await store.truth.commit([
      { do: 'entries', site: 'meeting', rows: entries(1, 3) },
      { do: 'giveUp', site: 'meeting', keep: 0 },
    ])
    expect(await store.truth.salvage('meeting', 0)).toHaveLength(1)
    const one = Buffer.byteLength(salvaged(1, '').head + salvaged(1, '').bodies)
    expect(await store.truth.salvage('meeting', 2 * one)).toHaveLength(2)
  })
}
