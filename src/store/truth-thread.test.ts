import { closeSync, mkdirSync, openSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { fault } from './faults.ts'
import { openSqlite } from './sqlite.ts'
import { openTruth } from './truth-thread.ts'
import { entries, records, stream, type TruthStore } from './truth-samples.ts'
import { truthContract } from './truth.contract.ts'
import type { StoreHealth, Truth } from './truth.ts'

const realTime = {
  clock: { mono: () => Math.floor(performance.now()) },
  timers: {
    after: (ms: number, run: () => void) => {
      const timer = setTimeout(run, ms)
      return () => clearTimeout(timer)
    },
  },
}

truthContract('sqlite in a file, in threads', openInFile)

async function openInFile(): Promise<TruthStore> {
  const folder = await newFolder()
  const open = () => openTruth({ path: join(folder.path, 'truth.db'), ...realTime })
  const first = await open()
  let truth = first
  const reopen = async () => {
    await truth.close()
    truth = await open()
    return truth
  }
  const dispose = async () => {
    await truth.close()
    await folder.remove()
  }
  return { truth: first, reopen, [Symbol.asyncDispose]: dispose }
}

describe('a store thread in trouble', () => {
  test('STORE-15 a disk that stalls stops neither timers nor reads, and is called slow', async () => {
    await using store = await openFaulty()
    await store.truth.commit([{ do: 'note', name: 'n', value: 'before' }])
    store.set(fault.stall, 1)
    const stalled = store.truth.commit([{ do: 'note', name: 'n', value: 'after' }])
    let ticks = 0
    while (store.truth.health().state === 'ok' && ticks < 200) {
      await sleep(25)
      ticks += 1
    }
    expect(ticks).toBeGreaterThan(20)
    expect(store.truth.health()).toMatchObject({ state: 'slow' })
    expect(await store.truth.notes()).toEqual(new Map([['n', 'before']]))
    store.set(fault.stall, 0)
    await stalled
    expect(await store.truth.notes()).toEqual(new Map([['n', 'after']]))
    expect(store.told.map(({ state }) => state)).toEqual(['slow', 'ok'])
  })

  test('STORE-16 a disk that is really full refuses in words until there is room', async () => {
    await using store = await openFaulty()
    const big = [{ do: 'note', name: 'big', value: 'x'.repeat(1_000_000) }] as const
    store.set(fault.pages, 60)
    await expect(store.truth.commit(big)).rejects.toMatchObject({ name: 'StoreError', reason: 'full' })
    expect(store.truth.health()).toMatchObject({
      state: 'full',
      detail: expect.stringContaining('disk is full'),
    })
    store.set(fault.pages, 100_000)
    await store.truth.commit(big)
    expect(store.told.map(({ state }) => state)).toEqual(['full', 'ok'])
  })

  test('a thread that dies rejects what it was asked, and the next call starts another', async () => {
    await using store = await openFaulty()
    await store.truth.commit([{ do: 'records', ...stream, rows: records(1, 2) }])
    store.set(fault.die, 1)
    const lost = store.truth.commit([{ do: 'records', ...stream, rows: records(3, 4) }])
    await expect(lost).rejects.toMatchObject({ reason: 'io', message: expect.stringContaining('gone') })
    expect(store.truth.health()).toMatchObject({ state: 'failing' })
    expect(await store.truth.records(stream, 0, 1e6)).toEqual(records(1, 2))
    store.set(fault.die, 0)
    await store.truth.commit([{ do: 'records', ...stream, rows: records(3, 4) }])
    expect(await store.truth.records(stream, 0, 1e6)).toEqual(records(1, 4))
    expect(store.told.map(({ state }) => state)).toEqual(['failing', 'ok'])
  })
})

describe('a file that cannot be truth', () => {
  test('its folder is missing', async () => {
    await using folder = await newFolder()
    const words = /folder is missing or may not be written/
    await expect(openAt(join(folder.path, 'nowhere', 'truth.db'))).rejects.toMatchObject(refusal('io', words))
  })

  test('its folder may not be written, not even by root', async () => {
    await expect(openAt('/proc/truth.db')).rejects.toMatchObject(refusal('io', /may not be written/))
  })

  test('a folder stands in its place', async () => {
    await using folder = await newFolder()
    mkdirSync(join(folder.path, 'truth.db'))
    await expect(openAt(join(folder.path, 'truth.db'))).rejects.toMatchObject(
      refusal('io', /cannot be opened/),
    )
  })

  test('it is not a database', async () => {
    await using folder = await newFolder()
    const path = join(folder.path, 'truth.db')
    writeFileSync(path, 'photographs of a horse '.repeat(1000))
    await expect(openAt(path)).rejects.toMatchObject(refusal('io', /not a database/))
  })

  test('STORE-17 a newer Regie wrote it', async () => {
    await using folder = await newFolder()
    const path = join(folder.path, 'truth.db')
    const db = openSqlite(path, { durable: true })
    db.exec('CREATE TABLE future (a INTEGER) STRICT; PRAGMA user_version = 99')
    db.close()
    const words = /a newer Regie wrote this file \(format 99\)/
    await expect(openAt(path)).rejects.toMatchObject(refusal('newer', words))
  })

  test('its pages turned to noise', async () => {
    await using folder = await newFolder()
    const path = join(folder.path, 'truth.db')
    const truth = await openAt(path)
    await truth.commit([{ do: 'entries', site: 'meeting', rows: entries(1, 2000) }])
    await truth.close()
    // The header and the first table stay sound, so that the damage shows only in use.
    const noise = Buffer.alloc(statSync(path).size - 3 * 4096, 7)
    const file = openSync(path, 'r+')
    writeSync(file, noise, 0, noise.length, 3 * 4096)
    closeSync(file)
    const again = await openAt(path)
    await expect(again.entries('meeting', 0, 1e6)).rejects.toMatchObject(refusal('io', /damaged/))
    await again.close()
  })
})

function openAt(path: string): Promise<Truth> {
  return openTruth({ path, ...realTime })
}

function refusal(reason: string, words: RegExp): Readonly<Record<string, unknown>> {
  return { name: 'StoreError', reason, message: expect.stringMatching(words) }
}

type Faulty = AsyncDisposable & {
  readonly truth: Truth
  readonly told: readonly StoreHealth[]
  set(cell: number, value: number): void
}

async function openFaulty(): Promise<Faulty> {
  const folder = await newFolder()
  const faults = new Int32Array(new SharedArrayBuffer(16))
  const truth = await openTruth({
    path: join(folder.path, 'truth.db'),
    ...realTime,
    workerUrl: new URL('./faulty-worker.ts', import.meta.url),
    workerData: { faults },
  })
  const told: StoreHealth[] = []
  truth.onHealth((health) => told.push(health))
  const set = (cell: number, value: number) => {
    Atomics.store(faults, cell, value)
    Atomics.notify(faults, cell)
  }
  const dispose = async () => {
    set(fault.stall, 0)
    await truth.close()
    await folder.remove()
  }
  return { truth, told, set, [Symbol.asyncDispose]: dispose }
}

function newFolder() {
  return mkdtempDisposable(join(tmpdir(), 'regie-store-'))
}
