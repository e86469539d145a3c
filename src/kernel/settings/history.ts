import type { Change, Document, Json } from './document.ts'
import { patched, pathText, touches, undone, valueAt } from './document.ts'

/** One half of the document of one target, in one log: what stands, and how it came about. */
export type Half = { readonly version: number; readonly document: Document }
/** What one version changed. */
export type Step = { readonly version: number; readonly changes: readonly Change[] }

/** The same field was changed on both sides: what it was for both, and what each wants. */
export type Conflict = {
  readonly path: string
  readonly base: Json
  readonly yours: Json
  readonly theirs: Json
}

/** The document as it was at a version; undefined where the steps do not reach back so far. */
export function documentAt(half: Half, steps: readonly Step[], version: number): Document | undefined {
  const later = steps.filter((step) => step.version > version).toSorted((a, b) => b.version - a.version)
  // Every version has its step, also one that changed nothing, until the oldest are let go.
  if (later.length !== half.version - version) return undefined
  return later.reduce((document, { changes }) => undone(document, changes), half.document)
}

/**
 * What a save that was made on an older version cannot do: it wants other values than what the
 * versions since then have set (SET-6). Fields that nobody else has touched merge.
 */
export function conflicts(
  half: Half,
  steps: readonly Step[],
  save: { readonly base: number; readonly patch: Document },
): readonly Conflict[] | 'unknown-version' {
  const base = documentAt(half, steps, save.base)
  if (!base) return 'unknown-version'
  const theirs = steps.flatMap(({ version, changes }) => (version > save.base ? changes : []))
  return patched(half.document, save.patch).changes.flatMap(({ path, before, after }): Conflict[] => {
    if (!theirs.some((change) => touches(change.path, path))) return []
    const was = valueAt(base, path) ?? null
    return [{ path: pathText(path), base: was, yours: after ?? null, theirs: before ?? null }]
  })
}
