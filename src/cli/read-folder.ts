import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Trouble } from '../doors/errors.ts'
import { TruthReads } from '../store/truth-reads.ts'
import { readTruthFile } from '../store/truth-tables.ts'
import type { SiteRow } from '../store/truth.ts'

/** A data folder, open for reading. The box may run meanwhile: nothing is written. */
export type Reading = {
  readonly folder: string
  readonly truth: TruthReads
  readonly [Symbol.dispose]: () => void
}

export function truthIn(folder: string): string {
  const path = join(folder, 'truth.db')
  if (!existsSync(path)) throw Trouble.of('store_missing', { folder })
  return path
}

/** `frozen`: every read sees the same moment, however long the reading takes. */
export function readFolder(folder: string, how: 'frozen' | 'following' = 'following'): Reading {
  const database = readTruthFile(truthIn(folder))
  if (how === 'frozen') database.exec('BEGIN')
  return { folder, truth: new TruthReads(database), [Symbol.dispose]: () => database.close() }
}

/** The site that is named, or the only one. */
export function siteIn({ folder, truth }: Reading, name: string | undefined): SiteRow {
  const sites = truth.sites()
  const found = name === undefined ? sites : sites.filter(({ site }) => site === name)
  const [only, another] = found
  if (only && !another) return only
  const names = sites.map(({ site }) => site).join(', ')
  if (sites.length === 0) throw Trouble.of('site_none', { folder })
  throw name === undefined ? Trouble.of('site_which', { names }) : Trouble.of('site_unknown', { name, names })
}
