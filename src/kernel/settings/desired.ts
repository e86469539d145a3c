import type { Instant } from '../instant.ts'
import type { Document } from './document.ts'
import { documentHash, emptyDocument, layered } from './document.ts'
import type { Scope } from './target.ts'
import { targetsOf } from './target.ts'

/** Values that count for a while, from their instant on. */
export type OverrideRow = {
  readonly target: string
  readonly version: number
  readonly patch: Document
  readonly forMs: number
  readonly at: Instant
  readonly n: number
}

/** One log's half of all documents, as its views have it. */
export type HalfRows = {
  readonly settings: readonly {
    readonly target: string
    readonly version: number
    readonly document: Document
  }[]
  readonly overrides: readonly OverrideRow[]
}

/** The version of a document is a pair: each log counts its half. */
export type Versions = { readonly hub: number; readonly site: number; readonly hash: string }

/** What one box should have, and by which versions of which targets. */
export type Desired = {
  readonly document: Document
  readonly hash: string
  readonly versions: Readonly<Record<string, Versions>>
}

/** All targets of a box on top of each other, both halves of each, overrides uppermost of theirs (SET-2, SET-8). */
export function desiredFor(scope: Scope, hub: HalfRows, site: HalfRows): Desired {
  const versions: Record<string, Versions> = {}
  const documents: Document[] = []
  for (const target of targetsOf(scope)) {
    const [ours, theirs] = [hub, site].map((rows) => rows.settings.find((row) => row.target === target))
    if (!ours && !theirs) continue
    const over = [hub, site].flatMap(({ overrides }) =>
      overrides
        .filter((row) => row.target === target)
        .toSorted((a, b) => a.version - b.version)
        .map(({ patch }) => patch),
    )
    const document = layered([ours?.document ?? emptyDocument, theirs?.document ?? emptyDocument, ...over])
    documents.push(document)
    versions[target] = {
      hub: ours?.version ?? 0,
      site: theirs?.version ?? 0,
      hash: documentHash(document),
    }
  }
  const document = layered(documents)
  return { document, hash: documentHash(document), versions }
}
