import { z } from 'zod'
import { nearest } from '../../kernel/suggest.ts'
import { Trouble } from '../errors.ts'
import { problemIn } from './issues.ts'

/** A JSON Schema of what is asked with, as Zod makes it. */
export type Schema = { readonly [name: string]: unknown }

const made = new WeakMap<z.ZodType, Schema>()

/** Made when it is first needed: most inputs are never asked for on one box. */
export function schemaOf(input: z.ZodType): Schema {
  const known = made.get(input)
  if (known) return known
  const { $schema: _, ...schema } = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' })
  made.set(input, schema)
  return schema
}

/** The fields of an object; undefined where it is none, or may have any. */
export function fieldsOf(schema: Schema): Readonly<Record<string, Schema>> | undefined {
  return isObject(schema['properties'])
    ? (schema['properties'] as Readonly<Record<string, Schema>>)
    : undefined
}

/** A query string as it was parsed: a name that stood twice has a list. */
export type Texts = Readonly<Record<string, string | readonly string[] | undefined>>

/** What is asked with, from the address. `reserved` names belong to the door. Throws a Trouble. */
export function inputFrom(input: z.ZodType, query: Texts, reserved: readonly string[]): unknown {
  const fields = fieldsOf(schemaOf(input)) ?? {}
  const value: Record<string, unknown> = {}
  for (const [name, given] of Object.entries(query)) {
    if (given === undefined || reserved.includes(name)) continue
    const schema = Object.hasOwn(fields, name) ? fields[name] : undefined
    if (!schema) throw unknownField(name, '', [...Object.keys(fields), ...reserved])
    value[name] = valueFrom(schema, name, typeof given === 'string' ? [given] : given)
  }
  expectFit(input, value)
  return value
}

/** Throws a Trouble where it does not fit, with a sentence about the first thing that is wrong. */
export function expectFit(input: z.ZodType, value: unknown): void {
  const parsed = input.safeParse(value)
  const issue = parsed.success ? undefined : parsed.error.issues[0]
  if (!issue) return
  const field = issue.path.join('.')
  const { inner, problem } = problemIn(issue, value)
  const path = [field, inner].filter((part) => part !== '').join('.')
  throw Trouble.of('field_invalid', { field: path === '' ? 'body' : path, problem }).with({ field: path })
}

/** Throws a Trouble at the first field that no declaration knows, however deep. */
export function expectKnown(schema: Schema, value: unknown): void {
  const stranger = strangerIn(schema, value, '')
  if (stranger) throw unknownField(stranger.name, stranger.under, stranger.names)
}

type Stranger = { readonly name: string; readonly under: string; readonly names: readonly string[] }

function strangerIn(schema: Schema, value: unknown, under: string): Stranger | undefined {
  const choices = choicesOf(schema)
  if (choices) return strangerInEvery(choices, value, under)
  if (Array.isArray(value)) {
    const { items } = schema
    return isObject(items)
      ? firstOf(value.entries(), ([at, each]) => strangerIn(items, each, join(under, String(at))))
      : undefined
  }
  if (!isObject(value)) return undefined
  const fields = fieldsOf(schema)
  const others = schema['additionalProperties']
  const isClosed = fields !== undefined && (others === undefined || others === false)
  return firstOf(Object.entries(value), ([name, each]) => {
    const own = fields && Object.hasOwn(fields, name) ? fields[name] : undefined
    if (own) return strangerIn(own, each, join(under, name))
    if (isClosed) return { name, under, names: Object.keys(fields) }
    return isObject(others) ? strangerIn(others, each, join(under, name)) : undefined
  })
}

/** Unknown to each of the forms that it may have; a form that names itself otherwise does not count. */
function strangerInEvery(choices: readonly Schema[], value: unknown, under: string): Stranger | undefined {
  const apt = choices.filter((choice) => isApt(choice, value))
  const found = (apt.length > 0 ? apt : choices).map((choice) => strangerIn(choice, value, under))
  return found.every((each) => each !== undefined) ? found[0] : undefined
}

function isApt(choice: Schema, value: unknown): boolean {
  if (!isObject(value)) return true
  return Object.entries(fieldsOf(choice) ?? {}).every(
    ([name, field]) => !('const' in field) || field['const'] === value[name],
  )
}

function unknownField(name: string, under: string, names: readonly string[]): Trouble {
  const near = nearest(name, names)
  const field = join(under, name)
  const use = near === undefined ? names.join(', ') || '{}' : near
  return Trouble.of('field_unknown', { field, names: use }).with({ field })
}

/** A value of an address as its schema wants it. What does not fit stays text, so that the schema says what is wrong. */
function valueFrom(schema: Schema, name: string, given: readonly string[]): unknown {
  const forms = formsOf(schema)
  const list = forms.find(({ type }) => type === 'array')
  const [first = '', ...more] = given
  if (list && (more.length > 0 || forms.length === 1)) {
    const items = isObject(list['items']) ? list['items'] : {}
    return given.map((each) => valueFrom(items, name, [each]))
  }
  if (more.length > 0) throw Trouble.of('field_twice', { field: name }).with({ field: name })
  for (const form of forms) {
    const value = oneFrom(form, first)
    if (value !== undefined) return value
  }
  return list ? valueFrom(list, name, given) : first
}

/** As JSON writes them. */
const anyNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/** Undefined where this text is nothing of that form. */
function oneFrom(form: Schema, text: string): unknown {
  const { type } = form
  if ('const' in form) return String(form['const']) === text ? form['const'] : undefined
  if (Array.isArray(form['enum'])) return form['enum'].find((each) => String(each) === text) as unknown
  switch (type) {
    case 'string':
      return text
    case 'integer':
    case 'number':
      return anyNumber.test(text) && Number.isFinite(Number(text)) ? Number(text) : undefined
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : undefined
    case 'null':
      return text === 'null' ? null : undefined
    case 'array':
      return undefined
    default:
      return jsonFrom(text)
  }
}

/** What has no simpler form stands in an address as JSON. */
function jsonFrom(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

/** The forms that a value may have, fixed values first: a field that may be any text takes every other text as it is. */
function formsOf(schema: Schema): readonly Schema[] {
  const choices = choicesOf(schema)
  const all = choices ? choices.flatMap(formsOf) : [schema]
  const rank = (form: Schema) => ('const' in form || 'enum' in form ? 0 : form['type'] === 'string' ? 1 : 2)
  return all.toSorted((a, b) => rank(a) - rank(b))
}

function choicesOf(schema: Schema): readonly Schema[] | undefined {
  const { anyOf, oneOf, type } = schema
  const choices = anyOf ?? oneOf
  if (Array.isArray(choices)) return choices.filter(isObject)
  return Array.isArray(type) ? type.map((each: unknown) => ({ ...schema, type: each })) : undefined
}

function firstOf<Item, Found>(
  items: Iterable<Item>,
  look: (item: Item) => Found | undefined,
): Found | undefined {
  for (const item of items) {
    const found = look(item)
    if (found !== undefined) return found
  }
  return undefined
}

const join = (under: string, name: string): string => (under === '' ? name : `${under}.${name}`)

const isObject = (value: unknown): value is Schema =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
