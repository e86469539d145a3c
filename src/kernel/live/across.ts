import { sha256 } from '../digest.ts'
import type { Lines } from './versions.ts'

/** What a row of one site is in an answer of several: with its site, which is part of its key (LIVE-14). */
export function withSite(site: string, key: string, row: string): readonly [key: string, row: string] {
  const name = JSON.stringify(site)
  const rest = row.slice(1)
  return [`[${name},${key.slice(1)}`, `{"site":${name}${rest === '}' ? '' : ','}${rest}`]
}

/** The rows of several sites as one answer. */
export function merged(answers: readonly (readonly [site: string, rows: Lines])[]): Lines {
  const all = new Map<string, string>()
  for (const [site, rows] of answers) for (const [key, row] of rows) all.set(...withSite(site, key, row))
  return all
}

/** What names an answer of several sites. */
export const hashAcross = (hashes: readonly (readonly [site: string, hash: string])[]): string =>
  sha256(JSON.stringify(hashes)).slice(0, 22)
