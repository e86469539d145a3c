import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import type { Database } from '../../store/database.ts'
import { openSqlite } from '../../store/sqlite.ts'
import { manualTime } from '../../store/manual-time.ts'
import { toyKnown } from '../pack/toy-pack.ts'
import { viewsFolder } from '../site/views-folder.ts'
import { readFolder } from './read-folder.ts'
import { RunnerCore } from './runner-core.ts'
import { openRunner } from './runner-thread.ts'
import { runnerContract } from './runner.contract.ts'
import type { RunnerPlace } from './runner.contract.ts'

const folder = () => mkdtempSync(join(tmpdir(), 'regie-runner-'))

function inMemory(): RunnerPlace {
  const databases = new Map<string, Database>()
  const kept = (database: Database): Database => {
    const exec = (sql: string) => database.exec(sql)
    return { exec, prepare: (sql) => database.prepare(sql), close: () => {} }
  }
  const home = {
    open: (site: string) => {
      const database = databases.get(site) ?? openSqlite(':memory:', { durable: false })
      databases.set(site, database)
      return kept(database)
    },
    drop: (site: string) => void databases.delete(site),
    bases: { save: () => {}, list: () => [], load: () => undefined, drop: () => {} },
  }
  const core = new RunnerCore(toyKnown, { open: (site) => databases.get(site), close: () => {} }, () => 0)
  return {
    home,
    runner: { run: async (...call) => core.run(...call), close: async () => core.close() },
    end: async () => {},
    readsBeside: false,
  }
}

function onDisk(): RunnerPlace {
  const path = folder()
  const core = new RunnerCore(toyKnown, readFolder(path), () => 0)
  return {
    home: viewsFolder(path),
    runner: { run: async (...call) => core.run(...call), close: async () => core.close() },
    end: async () => {
      core.close()
      rmSync(path, { recursive: true })
    },
    readsBeside: true,
  }
}

function inThread(): RunnerPlace & {
  readonly time: ReturnType<typeof manualTime>
  readonly starts: () => number
} {
  const path = folder()
  const time = manualTime()
  let starts = 0
  const runner = openRunner(() => {
    starts += 1
    return new Worker(new URL('./toy-runner-worker.ts', import.meta.url), { workerData: path })
  }, time.timers)
  return {
    home: viewsFolder(path),
    runner,
    time,
    starts: () => starts,
    end: async () => {
      await runner.close()
      rmSync(path, { recursive: true })
    },
    readsBeside: true,
  }
}

runnerContract('in the thread of the writer, over one connection', inMemory)
runnerContract('over connections of its own', onDisk)
runnerContract('in a thread of its own', inThread)

test('LIVE-15 a thread starts when somebody asks, and again after it died; what it was running is away', async () => {
  const place = inThread()
  expect(place.starts()).toBe(0)
  const [died, after] = await Promise.all([
    place.runner.run('fair', 'dies', '{}', null),
    place.runner.run('fair', 'toy.accounts', '{}', null),
  ])
  expect([died.is, after.is, place.starts()]).toEqual(['away', 'away', 1])
  expect(await place.runner.run('fair', 'toy.nothing', '{}', null)).toMatchObject({ is: 'failed' })
  expect(place.starts()).toBe(2)
  expect(place.time.pending()).toBe(0)
  await place.end()
})

test('LIVE-15 a run that does not end ends its thread, and the others go on in another', async () => {
  const place = inThread()
  const [stuck, behind] = [
    place.runner.run('fair', 'never ends', '{}', null),
    place.runner.run('fair', 'toy.nothing', '{}', null),
  ]
  place.time.pass(20_000)
  expect(await stuck).toEqual({ is: 'failed', ms: 20_000, why: 'it took over 20 s' })
  expect((await behind).is).toBe('away')
  expect(await place.runner.run('fair', 'toy.nothing', '{}', null)).toMatchObject({
    is: 'failed',
    why: 'no query toy.nothing',
  })
  await place.end()
})
