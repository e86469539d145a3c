import { describe, expect, test } from 'vitest'
import { branchContract } from './truth-branches.contract.ts'
import { entries, records, stream, type OpenTruthStore } from './truth-samples.ts'

/**
 * What every engine of the truth port does. An engine registers itself in three lines:
 * `truthContract('postgres', () => openSomeStore())`.
 */
export function truthContract(name: string, open: OpenTruthStore): void {
  describe(`truth contract: ${name}`, () => {
    journalContract(open)
    logContract(open)
    branchContract(open)
    waitContract(open)
    commitContract(open)
  })
}

function journalContract(open: OpenTruthStore): void {
  test('STORE-14 records are read back in order, word for word, after any seq', async () => {
    await using store = await open()
    const rows = [{ seq: 1, head: '{"é":"\\n"}', body: 'a "quoted" 🏁 line' }, ...records(2, 5)]
    await store.truth.commit([{ do: 'records', ...stream, rows }])
    expect(await store.truth.records(stream, 0, 1e6)).toEqual(rows)
    expect(await store.truth.records(stream, 3, 1e6)).toEqual(rows.slice(3))
    expect(await store.truth.records(stream, 5, 1e6)).toEqual([])
  })

  test('STORE-5 a record that leaves a gap or comes twice is refused, and the stream goes on', async () => {
    await using store = await open()
    await store.truth.commit([{ do: 'records', ...stream, rows: records(1, 3) }])
    for (const rows of [records(5, 6), records(3, 4), [...records(4, 4), ...records(6, 6)]]) {
      await expect(store.truth.commit([{ do: 'records', ...stream, rows }])).rejects.toMatchObject({
        reason: 'fence',
      })
    }
    await store.truth.commit([{ do: 'records', ...stream, rows: records(4, 4) }])
    expect(await store.truth.streams('meeting')).toEqual([{ ...stream, first: 1, last: 4 }])
  })

  test('STORE-8 a stream that is new here may start at any seq', async () => {
    await using store = await open()
    await store.truth.commit([{ do: 'records', ...stream, rows: records(41, 42) }])
    expect(await store.truth.streams('meeting')).toEqual([{ ...stream, first: 41, last: 42 }])
    expect(await store.truth.records(stream, 0, 1e6)).toEqual(records(41, 42))
  })

  test('STORE-8 streams with the same name at another site or box are other streams', async () => {
    await using store = await open()
    const others = [stream, { ...stream, site: 'hall' }, { ...stream, box: 'b2' }]
    for (const name of others) await store.truth.commit([{ do: 'records', ...name, rows: records(1, 2) }])
    expect(await store.truth.streams('meeting')).toHaveLength(2)
    expect(await store.truth.streams('hall')).toEqual([{ ...stream, site: 'hall', first: 1, last: 2 }])
    expect(await store.truth.records({ ...stream, box: 'b3' }, 0, 1e6)).toEqual([])
  })

  test('STORE-8 a stream that holds nothing here goes on further up', async () => {
    await using store = await open()
    const row = (seq: number) => ({ seq, head: `head ${seq}`, body: '{}' })
    const stream = { site: 'here', box: 'box1', stream: 'gone' }
    await store.truth.commit([{ do: 'records', ...stream, rows: [row(1), row(2)] }])
    await expect(store.truth.commit([{ do: 'records', ...stream, rows: [row(9)] }])).rejects.toThrow(
      /stands at 2/,
    )
    const moved = [
      { do: 'trim', ...stream, upTo: 2 } as const,
      { do: 'records', ...stream, rows: [row(9)] } as const,
    ]
    await store.truth.commit(moved)
    expect(await store.truth.streams('here')).toEqual([{ ...stream, first: 9, last: 9 }])
    expect(await store.truth.records(stream, 0, 1000)).toEqual([row(9)])
  })

  test('STORE-11 a trimmed stream remembers its end for ever', async () => {
    await using store = await open()
    await store.truth.commit([{ do: 'records', ...stream, rows: records(1, 9) }])
    await store.truth.commit([{ do: 'trim', ...stream, upTo: 4 }])
    expect(await store.truth.records(stream, 0, 1e6)).toEqual(records(5, 9))
    await store.truth.commit([{ do: 'trim', ...stream, upTo: 3 }])
    await store.truth.commit([{ do: 'trim', ...stream, upTo: 99 }])
    const again = await store.reopen()
    expect(await again.streams('meeting')).toEqual([{ ...stream, first: 10, last: 9 }])
    const early = again.commit([{ do: 'records', ...stream, rows: records(1, 1) }])
    await expect(early).rejects.toMatchObject({ reason: 'fence' })
    await again.commit([{ do: 'records', ...stream, rows: records(10, 10) }])
    expect(await again.records(stream, 0, 1e6)).toEqual(records(10, 10))
  })

  test('STORE-14 a read ends where the next row would pass maxBytes, and gives at least one row', async () => {
    await using store = await open()
    const rows = [10, 10, 100, 10].map((size, index) => ({
      seq: index + 1,
      head: '',
      body: 'é'.repeat(size / 2),
    }))
    await store.truth.commit([{ do: 'records', ...stream, rows }])
    const read = async (after: number, maxBytes: number) =>
      (await store.truth.records(stream, after, maxBytes)).map(({ seq }) => seq)
    expect(await read(0, 20)).toEqual([1, 2])
    expect(await read(0, 19)).toEqual([1])
    expect(await read(2, 20)).toEqual([3])
    expect(await read(3, 0)).toEqual([4])
  })
}

function logContract(open: OpenTruthStore): void {
  test('STORE-6 a site is remembered with its document, also without a log', async () => {
    await using store = await open()
    await store.truth.commit([{ do: 'site', site: 'meeting', doc: 'one' }])
    await store.truth.commit([{ do: 'site', site: 'meeting', doc: 'two' }])
    expect(await store.truth.sites()).toEqual([{ site: 'meeting', doc: 'two', n: 0, chain: '', terms: [] }])
  })

  test('STORE-7 entries are read back in order with the terms that they open', async () => {
    await using store = await open()
    const rows = entries(1, 6, { 1: 't1', 4: 't2' })
    await store.truth.commit([
      { do: 'site', site: 'meeting', doc: 'd' },
      { do: 'entries', site: 'meeting', rows },
    ])
    expect(await store.truth.entries('meeting', 0, 1e6)).toEqual(rows)
    expect(await store.truth.entries('meeting', 4, 1e6)).toEqual(rows.slice(4))
    expect(await store.truth.entries('hall', 0, 1e6)).toEqual([])
    const terms = [
      { n: 1, term: 't1', chain: 'c1' },
      { n: 4, term: 't2', chain: 'c4' },
    ]
    expect(await store.truth.sites()).toEqual([{ site: 'meeting', doc: 'd', n: 6, chain: 'c6', terms }])
  })

  test('STORE-5 an entry that does not follow the head is refused', async () => {
    await using store = await open()
    await store.truth.commit([{ do: 'entries', site: 'meeting', rows: entries(1, 3) }])
    for (const rows of [entries(3, 4), entries(5, 5), [...entries(4, 4), ...entries(6, 6)]]) {
      const commit = store.truth.commit([{ do: 'entries', site: 'meeting', rows }])
      await expect(commit).rejects.toMatchObject({ reason: 'fence' })
    }
    const elsewhere = store.truth.commit([{ do: 'entries', site: 'hall', rows: entries(2, 2) }])
    await expect(elsewhere).rejects.toMatchObject({ reason: 'fence' })
    expect(await store.truth.sites()).toMatchObject([{ site: 'meeting', n: 3 }])
  })

  test('STORE-9 the logs of two sites do not touch', async () => {
    await using store = await open()
    await store.truth.commit([{ do: 'entries', site: 'meeting', rows: entries(1, 3) }])
    await store.truth.commit([{ do: 'entries', site: 'hall', rows: entries(1, 2) }])
    await store.truth.commit([{ do: 'giveUp', site: 'meeting', keep: 0 }])
    expect(await store.truth.entries('hall', 0, 1e6)).toEqual(entries(1, 2))
    expect(await store.truth.entries('meeting', 0, 1e6)).toEqual([])
  })

  test('STORE-12 a hollow entry keeps its head, its chain and its neighbours', async () => {
    await using store = await open()
    const rows = entries(1, 3)
    await store.truth.commit([
      { do: 'entries', site: 'meeting', rows },
      { do: 'records', ...stream, rows: records(1, 2) },
    ])
    await store.truth.commit([
      { do: 'hollow', site: 'meeting', n: 2, bodies: '-' },
      { do: 'hollow', site: 'meeting', n: 9, bodies: '-' },
      { do: 'hollowRecord', ...stream, seq: 2, body: '-' },
    ])
    const again = await store.reopen()
    expect(await again.entries('meeting', 0, 1e6)).toEqual(
      rows.map((row) => (row.n === 2 ? { ...row, bodies: '-' } : row)),
    )
    expect(await again.records(stream, 1, 1e6)).toEqual([{ ...records(2, 2)[0], body: '-' }])
  })

  test('STORE-18 notes are kept by name', async () => {
    await using store = await open()
    await store.truth.commit([{ do: 'note', name: 'key', value: '1' }])
    await store.truth.commit([
      { do: 'note', name: 'key', value: '2' },
      { do: 'note', name: 'boot', value: '' },
    ])
    const again = await store.reopen()
    expect(await again.notes()).toEqual(
      new Map([
        ['boot', ''],
        ['key', '2'],
      ]),
    )
  })
}

function waitContract(open: OpenTruthStore): void {
  const wait = (key: string, doc: string, site = 'meeting') => ({ do: 'wait', site, key, doc }) as const

  test('STORE-19 asks that wait are read back in the order in which they came, each with its newest document', async () => {
    await using store = await open()
    await store.truth.commit([wait('k2', 'two'), wait('k1', 'one'), wait('k2', 'elsewhere', 'hall')])
    await store.truth.commit([wait('k2', 'two, sent')])
    const again = await store.reopen()
    expect(await again.waits('meeting')).toEqual([
      { key: 'k2', doc: 'two, sent' },
      { key: 'k1', doc: 'one' },
    ])
    expect(await again.waits('hall')).toEqual([{ key: 'k2', doc: 'elsewhere' }])
    expect(await again.waits('nowhere')).toEqual([])
  })

  test('STORE-19 an ask is forgotten alone, and forgetting what is not there changes nothing', async () => {
    await using store = await open()
    await store.truth.commit([wait('k1', 'one'), wait('k2', 'two'), wait('k1', 'elsewhere', 'hall')])
    await store.truth.commit([
      { do: 'unwait', site: 'meeting', key: 'k1' },
      { do: 'unwait', site: 'meeting', key: 'k9' },
    ])
    const again = await store.reopen()
    expect(await again.waits('meeting')).toEqual([{ key: 'k2', doc: 'two' }])
    expect(await again.waits('hall')).toEqual([{ key: 'k1', doc: 'elsewhere' }])
  })

  test('STORE-19 an ask whose text could not come back as it is, is refused with its whole call', async () => {
    await using store = await open()
    const call = store.truth.commit([wait('k1', 'one'), wait('k2', 'half \ud83c')])
    await expect(call).rejects.toThrow(TypeError)
    expect(await store.truth.waits('meeting')).toEqual([])
  })
}

function commitContract(open: OpenTruthStore): void {
  test('STORE-1 everything committed is there after a reopening', async () => {
    await using store = await open()
    await store.truth.commit([
      { do: 'entries', site: 'meeting', rows: entries(1, 4, { 1: 't1' }) },
      { do: 'records', ...stream, rows: records(1, 4) },
    ])
    const before = [await store.truth.sites(), await store.truth.streams('meeting')]
    const again = await store.reopen()
    expect([await again.sites(), await again.streams('meeting')]).toEqual(before)
    expect(await again.entries('meeting', 0, 1e6)).toEqual(entries(1, 4, { 1: 't1' }))
    await again.commit([{ do: 'entries', site: 'meeting', rows: entries(5, 5) }])
  })

  test('STORE-1 a call with one write that is refused changes nothing', async () => {
    await using store = await open()
    const call = store.truth.commit([
      { do: 'site', site: 'meeting', doc: 'd' },
      { do: 'records', ...stream, rows: records(1, 2) },
      { do: 'note', name: 'n', value: 'v' },
      { do: 'entries', site: 'meeting', rows: entries(2, 2) },
    ])
    await expect(call).rejects.toMatchObject({ name: 'StoreError', reason: 'fence' })
    expect([
      await store.truth.sites(),
      await store.truth.streams('meeting'),
      await store.truth.notes(),
    ]).toEqual([[], [], new Map()])
  })

  test('STORE-2 calls of one moment apply in their order, and one that is refused harms no other', async () => {
    await using store = await open()
    const put = (from: number, to: number) =>
      store.truth.commit([{ do: 'entries', site: 'meeting', rows: entries(from, to) }])
    const ends = await Promise.allSettled([put(1, 2), put(2, 3), put(3, 3), put(5, 5), put(4, 4)])
    const kept = ends.map(({ status }) => status === 'fulfilled')
    expect(kept).toEqual([true, false, true, false, true])
    expect(await store.truth.entries('meeting', 0, 1e6)).toEqual(entries(1, 4))
  })

  test('STORE-2 a write sees what the writes before it in the same call did', async () => {
    await using store = await open()
    await store.truth.commit([
      { do: 'entries', site: 'meeting', rows: entries(1, 3, { 1: 't1' }) },
      { do: 'giveUp', site: 'meeting', keep: 1 },
      { do: 'entries', site: 'meeting', rows: entries(2, 2, { 2: 't2' }) },
    ])
    expect(await store.truth.entries('meeting', 0, 1e6)).toEqual(entries(1, 2, { 1: 't1', 2: 't2' }))
    expect(await store.truth.salvage('meeting', 1e6)).toMatchObject([{ n: 2 }, { n: 3 }])
  })

  test('STORE-13 text that could not come back as it is, is refused alone', async () => {
    await using store = await open()
    const broken = store.truth.commit([{ do: 'note', name: 'n', value: 'half \ud83c' }])
    const sound = store.truth.commit([{ do: 'note', name: 'm', value: 'whole' }])
    await expect(broken).rejects.toThrow(TypeError)
    await sound
    expect(await store.truth.notes()).toEqual(new Map([['m', 'whole']]))
  })

  test('STORE-16 after close, calls and reads are told that it is closed; earlier calls have ended', async () => {
    await using store = await open()
    const last = store.truth.commit([{ do: 'note', name: 'n', value: 'v' }])
    await store.truth.close()
    await last
    await expect(store.truth.commit([])).rejects.toMatchObject({ reason: 'closed' })
    await expect(store.truth.notes()).rejects.toMatchObject({ reason: 'closed' })
    await store.truth.close()
    expect(await (await store.reopen()).notes()).toEqual(new Map([['n', 'v']]))
  })

  test('STORE-15 a store at rest is well', async () => {
    await using store = await open()
    await store.truth.commit([{ do: 'note', name: 'n', value: 'v' }])
    expect(store.truth.health()).toEqual({ state: 'ok', detail: '' })
  })
}
