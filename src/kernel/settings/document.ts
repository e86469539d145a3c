import { canonical, sha256 } from '../digest.ts'

/** A settings document, or a part of one. Lists hold items, each with an `id`, or plain values. */
export type Json = null | boolean | number | string | readonly Json[] | Document
export type Document = { readonly [name: string]: Json }

/** Where something stands: names, and `[id]` for an item of a list. */
export type Path = readonly string[]

/** One field that changes. An absent `before` or `after`: it was not there, it is no more. */
export type Change = {
  readonly path: Path
  readonly before?: Json | undefined
  readonly after?: Json | undefined
  /** Of an item that comes or goes: its place in the list. */
  readonly place?: number | undefined
}

type Item = Document & { readonly id: string }

export const emptyDocument: Document = {}
export const canonicalDocument = (document: Document): string => canonical(document)
export const documentHash = (document: Document): string => sha256(canonical(document))
export const bytesOf = (value: Json): number => Buffer.byteLength(canonical(value))

/** `a.b[c].d` */
export const pathText = (path: Path): string =>
  path.reduce((text, step) => (text === '' || step.startsWith('[') ? text + step : `${text}.${step}`), '')

export const isDocument = (value: Json | undefined): value is Document =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isItem = (value: Json): value is Item => isDocument(value) && typeof value['id'] === 'string'
const isItems = (value: Json | undefined): value is readonly Item[] =>
  Array.isArray(value) && value.every((each: Json) => isItem(each))

export const valueIn = (document: Document, name: string): Json | undefined =>
  Object.hasOwn(document, name) ? document[name] : undefined

const withValue = (document: Document, name: string, value: Json | undefined): Document => {
  const others = Object.entries(document).filter(([each]) => each !== name)
  if (value === undefined) return Object.fromEntries(others)
  return Object.hasOwn(document, name)
    ? Object.fromEntries(Object.entries(document).map(([each, old]) => [each, each === name ? value : old]))
    : Object.fromEntries([...others, [name, value]])
}

const same = (a: Json | undefined, b: Json | undefined): boolean =>
  a === b || (a !== undefined && b !== undefined && canonical(a) === canonical(b))

/**
 * The document after a patch, and what it changed, field by field. What the patch does not name
 * stays; null deletes; items of a list merge by their id, and `removed: true` takes one out (SET-3).
 * It asks no schema, so it comes out the same on every version of the program.
 */
export function patched(
  document: Document,
  patch: Document,
): { readonly document: Document; readonly changes: readonly Change[] } {
  const changes: Change[] = []
  return { document: merge(document, patch, [], changes), changes }
}

function merge(document: Document, patch: Document, path: Path, changes: Change[]): Document {
  let next = document
  for (const [name, value] of Object.entries(patch)) {
    const before = valueIn(document, name)
    next = withValue(next, name, merged(before, value, [...path, name], changes))
  }
  return next
}

function merged(before: Json | undefined, value: Json, path: Path, changes: Change[]): Json | undefined {
  if (value === null) {
    if (before !== undefined) changes.push({ path, before })
    return undefined
  }
  if (isItems(value) && value.length > 0 && isItems(before ?? []))
    return someOf(mergeItems((before ?? []) as readonly Item[], value, path, changes))
  // No item is named, so none changes.
  if (isItems(value) && value.length === 0 && isItems(before) && before.length > 0) return before
  if (isDocument(value)) {
    if (before !== undefined && !isDocument(before)) changes.push({ path, before })
    const inner = merge(isDocument(before) ? before : emptyDocument, value, path, changes)
    return fieldsOf(inner)
  }
  if (same(before, value)) return before
  changes.push({ path, before, after: value })
  return value
}

/** A section without fields, or a list whose items are all gone, is not there: else equal documents would differ. */
const fieldsOf = (inner: Document): Document | undefined =>
  Object.keys(inner).length > 0 ? inner : undefined
const someOf = (items: readonly Item[]): readonly Item[] | undefined => (items.length > 0 ? items : undefined)

function mergeItems(
  before: readonly Item[],
  patches: readonly Item[],
  path: Path,
  changes: Change[],
): readonly Item[] {
  let items = before
  for (const patch of patches) {
    const at = [...path, `[${patch.id}]`]
    const place = items.findIndex(({ id }) => id === patch.id)
    const { id, removed, ...fields } = patch
    if (removed === true) {
      if (place >= 0) changes.push({ path: at, before: items[place], place })
      items = items.filter((_, index) => index !== place)
    } else if (place < 0) {
      const item = { id, ...merge(emptyDocument, fields, at, []) }
      changes.push({ path: at, after: item, place: items.length })
      items = [...items, item]
    } else {
      const item = merge(items[place] as Item, fields, at, changes) as Item
      items = items.map((each, index) => (index === place ? item : each))
    }
  }
  return items
}

/** The document before these changes were made to it. */
export function undone(document: Document, changes: readonly Change[]): Document {
  return changes.toReversed().reduce((later, change) => put(later, change.path, change), document)
}

function put(document: Document, [name, ...rest]: Path, change: Change): Document {
  if (name === undefined) return document
  const here = valueIn(document, name)
  if (rest.length === 0) return withValue(document, name, change.before)
  const isList = Array.isArray(here) || rest[0]?.startsWith('[') === true
  const inner = isList
    ? someOf(putItem((here ?? []) as readonly Item[], rest, change))
    : fieldsOf(put(isDocument(here) ? here : emptyDocument, rest, change))
  return withValue(document, name, inner)
}

function putItem(items: readonly Item[], [step = '', ...rest]: Path, change: Change): readonly Item[] {
  const place = items.findIndex(({ id }) => `[${id}]` === step)
  if (rest.length > 0)
    return items.map((item, index) => (index === place ? (put(item, rest, change) as Item) : item))
  if (change.before === undefined) return items.filter((_, index) => index !== place)
  return items.toSpliced(change.place ?? items.length, 0, change.before as Item)
}

/** What stands at a path; undefined where nothing does. */
export function valueAt(document: Document, path: Path): Json | undefined {
  return path.reduce<Json | undefined>((value, step) => {
    if (isItems(value)) return value.find(({ id }) => `[${id}]` === step)
    return isDocument(value) ? valueIn(value, step) : undefined
  }, document)
}

/** A patch that makes the first document the second, but for the order of items. */
export function patchBetween(from: Document, to: Document): Document {
  const gone = Object.keys(from).filter((name) => !Object.hasOwn(to, name))
  const there = Object.entries(to).flatMap(([name, value]): [string, Json][] => {
    const before = valueIn(from, name)
    if (same(before, value)) return []
    if (isDocument(before) && isDocument(value)) return [[name, patchBetween(before, value)]]
    const items = isItems(before) && isItems(value) && before.length + value.length > 0
    return [[name, items ? itemsBetween(before, value) : value]]
  })
  return Object.fromEntries([...there, ...gone.map((name): [string, Json] => [name, null])])
}

function itemsBetween(from: readonly Item[], to: readonly Item[]): readonly Item[] {
  const gone = from.filter(({ id }) => !to.some((item) => item.id === id))
  const there = to.flatMap((item): Item[] => {
    const before = from.find(({ id }) => id === item.id)
    if (same(before, item)) return []
    return [before ? { ...patchBetween(before, item), id: item.id } : item]
  })
  return [...gone.map(({ id }) => ({ id, removed: true })), ...there]
}

/** Where two documents differ: `before` is what the first has, `after` what the second has. */
export function differences(one: Document, other: Document): readonly Change[] {
  return patched(one, patchBetween(one, other)).changes
}

/** One stands at or below the other. */
export const touches = (a: Path, b: Path): boolean => {
  const length = Math.min(a.length, b.length)
  return a.slice(0, length).every((step, index) => step === b[index])
}

/** The most specific document last: it wins, field by field. */
export function layered(documents: readonly Document[]): Document {
  return documents.reduce((under, over) => patched(under, over).document, emptyDocument)
}
