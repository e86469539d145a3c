import type { Database } from './database.ts'
import { StoreError } from './truth.ts'

/**
 * Throws in words unless this connection keeps its promise about power cuts. The settings are read
 * back, since SQLite ignores what it does not know or cannot do, without an error.
 */
export function assertSafety(db: Database, durable: boolean): void {
  // Through the table form: a prepared PRAGMA answers for ever what was true when it was prepared.
  const level = String(db.prepare('SELECT synchronous FROM pragma_synchronous').get()?.synchronous)
  const journal = String(db.prepare('SELECT journal_mode FROM pragma_journal_mode').get()?.journal_mode)
  const file = db.prepare(`SELECT file FROM pragma_database_list WHERE name = 'main'`).get()?.file
  const name = file === '' ? ':memory:' : String(file)
  const wantedJournal = file === '' ? 'memory' : 'wal'
  const wantedLevel = durable ? '2' : '1'
  if (journal !== wantedJournal) {
    throw new StoreError(
      'io',
      `${name}: SQLite runs with journal_mode ${journal} instead of ${wantedJournal}`,
    )
  }
  if (level !== wantedLevel) {
    const danger = durable ? ', so a power cut could lose what was acknowledged' : ''
    throw new StoreError(
      'io',
      `${name}: SQLite runs with synchronous ${level} instead of ${wantedLevel}${danger}`,
    )
  }
}
