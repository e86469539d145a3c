import type { Term } from '../term.ts'
import { compareTerms, sameTerm } from '../term.ts'

/** Where a term begins: its first entry, and the running hash after it. */
export type Boundary = { readonly n: number; readonly term: Term; readonly chain: string }

/** All that two boxes must tell each other to find where their logs part. */
export type History = { readonly n: number; readonly chain: string; readonly terms: readonly Boundary[] }

export const emptyHistory: History = { n: 0, chain: '', terms: [] }

/**
 * `common`: up to where two logs are the same. `wins`: whose entries stand beyond that; `same` where
 * neither has any, `corrupt` where one of the two must have been altered.
 */
export type Relation = { readonly common: number; readonly wins: 'same' | 'mine' | 'theirs' | 'corrupt' }

/**
 * Compares two logs of a site by their term boundaries alone (LOG-8). The higher reign and keeper
 * wins. Two branches of one reign and keeper come from a box that was put back to an earlier state:
 * there the older start wins where they part, since others may have it, and the box opens a new
 * start above both. Without a branch the longer log wins.
 */
export function relate(mine: History, theirs: History): Relation {
  let shared = 0
  while (sameBoundary(mine.terms[shared], theirs.terms[shared])) shared += 1
  const common = Math.min(endOfShared(mine, shared), endOfShared(theirs, shared))
  if (mine.n === common && theirs.n === common) {
    return { common, wins: mine.chain === theirs.chain ? 'same' : 'corrupt' }
  }
  if (mine.n === common) return { common, wins: 'theirs' }
  if (theirs.n === common) return { common, wins: 'mine' }
  return { common, wins: branchWinner(mine, theirs, common) }
}

export function lastTerm(history: History): Term | undefined {
  return history.terms.at(-1)?.term
}

/** The term that entry n was given under. */
export function termAt(history: History, n: number): Term | undefined {
  return history.terms.findLast((boundary) => boundary.n <= n)?.term
}

function branchWinner(mine: History, theirs: History, common: number): Relation['wins'] {
  const [a, b] = [lastTerm(mine), lastTerm(theirs)]
  if (!a || !b) return 'corrupt'
  if (a.reign !== b.reign || a.keeper !== b.keeper) return compareTerms(a, b) > 0 ? 'mine' : 'theirs'
  const [first, second] = [termAt(mine, common + 1), termAt(theirs, common + 1)]
  if (!first || !second || sameTerm(first, second)) return 'corrupt'
  return compareTerms(first, second) < 0 ? 'mine' : 'theirs'
}

function sameBoundary(a: Boundary | undefined, b: Boundary | undefined): boolean {
  return a !== undefined && b !== undefined && a.n === b.n && a.chain === b.chain && sameTerm(a.term, b.term)
}

/** How far a log goes under the last boundary that both share. */
function endOfShared(history: History, shared: number): number {
  if (shared === 0) return 0
  const next = history.terms[shared]
  return next ? next.n - 1 : history.n
}
