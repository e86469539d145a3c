import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openSqlite } from '../../store/sqlite.ts'
import type { ViewsHome } from './writer-core.ts'

/** How many bases of a site are worth their room: the newest, and one before it. */
const basesKept = 2

/** Views as files: `<site>.views`, and `<site>@<n>.base` beside it. Everything in here may be deleted. */
export function viewsFolder(folder: string): ViewsHome {
  mkdirSync(folder, { recursive: true })
  const file = (site: string) => join(folder, `${site}.views`)
  const baseFile = (site: string, n: number) => join(folder, `${site}@${n}.base`)
  const list = (site: string) =>
    readdirSync(folder)
      .filter((name) => name.startsWith(`${site}@`) && name.endsWith('.base'))
      .map((name) => Number(name.slice(site.length + 1, -'.base'.length)))
      .filter(Number.isSafeInteger)
      .toSorted((a, b) => a - b)
  return {
    open: (site) => {
      const database = openSqlite(file(site), { durable: false })
      // A name that was erased does not stay in a page that fell free (LOG-16).
      database.exec('PRAGMA secure_delete = ON')
      return database
    },
    drop: (site) => {
      for (const end of ['', '-wal', '-shm']) rmSync(file(site) + end, { force: true })
    },
    bases: {
      list,
      drop: (site, before) => {
        for (const n of list(site)) if (n < before) rmSync(baseFile(site, n), { force: true })
      },
      load: (site, n) => (list(site).includes(n) ? readFileSync(baseFile(site, n)) : undefined),
      save: (site, n, copy) => {
        writeFileSync(`${baseFile(site, n)}.part`, copy)
        renameSync(`${baseFile(site, n)}.part`, baseFile(site, n))
        for (const old of list(site).slice(0, -basesKept)) rmSync(baseFile(site, old), { force: true })
      },
    },
  }
}
