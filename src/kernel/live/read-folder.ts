import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { Database } from '../../store/database.ts'
import { openSqlite } from '../../store/sqlite.ts'
import type { ReadHome } from './runner-core.ts'

/** A read waits for so long where the file is locked, which a log-writing SQLite seldom does. */
const busyMs = 200

type File = { readonly file: number; readonly database: Database }

/** Reads the views that `viewsFolder` of the same folder writes. A file that was made anew is another file. */
export function readFolder(folder: string): ReadHome {
  const files = new Map<string, File>()
  const fileOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.ino
  return {
    open: (site) => {
      const path = join(folder, `${site}.views`)
      const file = fileOf(path)
      const here = files.get(site)
      if (here && here.file === file) return here.database
      here?.database.close()
      files.delete(site)
      if (file === undefined) return undefined
      const database = openSqlite(path, { durable: false, readOnly: true, busyMs })
      if (fileOf(path) !== file) {
        database.close()
        return undefined
      }
      files.set(site, { file, database })
      return database
    },
    close: () => {
      for (const { database } of files.values()) database.close()
      files.clear()
    },
  }
}
