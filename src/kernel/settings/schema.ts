import type { z } from 'zod'
import type { Document, Json, Path } from './document.ts'
import { isDocument, pathText } from './document.ts'

/** Whose log decides a field: the hub's (the fleet log), or the site's. */
export type Owner = 'hub' | 'site'

/** One value, or a list of plain values, that is set whole. */
export type Field = { readonly is: 'field'; readonly value: z.ZodType; readonly owner: Owner }
/** Items that merge by their `id`. The list has one owner, with all that is in it. */
export type List = {
  readonly is: 'list'
  readonly item: Readonly<Record<string, z.ZodType>>
  readonly owner: Owner
}
export type Section = { readonly is: 'section'; readonly fields: Readonly<Record<string, SettingNode>> }
export type SettingNode = Field | List | Section

export const field = (owner: Owner, value: z.ZodType): Field => ({ is: 'field', value, owner })

export function list(owner: Owner, item: Readonly<Record<string, z.ZodType>>): List {
  if ('id' in item || 'removed' in item)
    throw new Error('an item of a list has an id, and may be removed: neither is declared')
  return { is: 'list', item, owner }
}

export const section = (fields: Readonly<Record<string, SettingNode>>): Section => ({ is: 'section', fields })

export type Problem = {
  readonly code: 'unknown-path' | 'wrong-type'
  readonly path: string
  readonly problem: string
}

const itemId = /^[0-9A-Za-z_-]{1,64}$/

/** The first thing in a patch that the schema does not allow; undefined where all is well (SET-4). */
export function problemIn(schema: Section, patch: Document, path: Path = []): Problem | undefined {
  for (const [name, value] of Object.entries(patch)) {
    const at = [...path, name]
    const node = Object.hasOwn(schema.fields, name) ? schema.fields[name] : undefined
    if (!node) return { code: 'unknown-path', path: pathText(at), problem: 'no such setting' }
    const problem = problemAt(node, value, at)
    if (problem) return problem
  }
  return undefined
}

function problemAt(node: SettingNode, value: Json, path: Path): Problem | undefined {
  switch (node.is) {
    case 'section':
      return isDocument(value) ? problemIn(node, value, path) : wrong(path, 'a section is expected')
    case 'field':
      return problemOf(node.value, value, path)
    case 'list':
      return problemInList(node, value, path)
  }
}

function problemOf(schema: z.ZodType, value: Json, path: Path): Problem | undefined {
  if (value === null) return undefined
  if (isDocument(value) || (Array.isArray(value) && value.some((each: Json) => typeof each === 'object')))
    return wrong(path, 'a plain value is expected')
  const parsed = schema.safeParse(value)
  return parsed.success ? undefined : wrong(path, parsed.error.issues[0]?.message ?? 'not as declared')
}

function problemInList(node: List, value: Json, path: Path): Problem | undefined {
  if (value === null) return undefined
  if (!Array.isArray(value)) return wrong(path, 'a list is expected')
  const ids = new Set<string>()
  for (const item of value as readonly Json[]) {
    if (!isDocument(item)) return wrong(path, 'an item is expected')
    const { id, removed, ...fields } = item
    if (typeof id !== 'string' || !itemId.test(id))
      return wrong(path, 'an item has an id of letters, digits, _ and -')
    const at = [...path, `[${id}]`]
    if (ids.has(id)) return wrong(at, 'this item stands twice')
    ids.add(id)
    if (removed !== undefined && removed !== true) return wrong([...at, 'removed'], 'only true is expected')
    for (const [name, inner] of Object.entries(fields)) {
      const schema = Object.hasOwn(node.item, name) ? node.item[name] : undefined
      if (!schema) return { code: 'unknown-path', path: pathText([...at, name]), problem: 'no such setting' }
      const problem = problemOf(schema, inner, [...at, name])
      if (problem) return problem
    }
  }
  return undefined
}

const wrong = (path: Path, problem: string): Problem => ({
  code: 'wrong-type',
  path: pathText(path),
  problem,
})

/** The part of a patch that one side owns, and the first path that it does not. The patch fits the schema. */
export function splitByOwner(
  schema: Section,
  patch: Document,
  side: Owner,
): { readonly own: Document; readonly other: Document; readonly foreign: string | undefined } {
  const owned = (owner: Owner) => partOf(schema, patch, owner, [])
  const [hub, site] = [owned('hub'), owned('site')]
  const [own, other] = side === 'hub' ? [hub, site] : [site, hub]
  return { own: own.part, other: other.part, foreign: other.first }
}

function partOf(
  schema: Section,
  patch: Document,
  owner: Owner,
  path: Path,
): { readonly part: Document; readonly first: string | undefined } {
  let first: string | undefined
  const entries = Object.entries(patch).flatMap(([name, value]): [string, Json][] => {
    const node = schema.fields[name]
    const at = [...path, name]
    if (node?.is === 'section' && isDocument(value)) {
      const inner = partOf(node, value, owner, at)
      first ??= inner.first
      return Object.keys(inner.part).length > 0 ? [[name, inner.part]] : []
    }
    if (node?.is === 'section' || node?.owner !== owner) return []
    first ??= pathText(at)
    return [[name, value]]
  })
  return { part: Object.fromEntries(entries), first }
}
