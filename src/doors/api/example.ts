import type { z } from 'zod'
import type { Schema } from './fields.ts'
import { fieldsOf, schemaOf } from './fields.ts'

/** An input that fits: the declared one, else one that is made from the schema; undefined where neither does. */
export function exampleOf({
  input,
  example,
}: {
  readonly input: z.ZodType
  readonly example?: unknown
}): unknown {
  const made = example ?? madeFrom(schemaOf(input), '')
  return input.safeParse(made).success ? made : undefined
}

const madeUp = 'abcdefghijklmnopqrstuvwxyz'

function madeFrom(schema: Schema, name: string): unknown {
  if ('const' in schema) return schema['const']
  if ('default' in schema) return schema['default']
  const { type, anyOf, oneOf, minimum, exclusiveMinimum, minLength, minItems, items } = schema
  if (Array.isArray(schema['enum'])) return schema['enum'][0]
  const [choice] = [anyOf, oneOf].flatMap((choices) => (Array.isArray(choices) ? (choices as Schema[]) : []))
  if (choice) return madeFrom(choice, name)
  switch (Array.isArray(type) ? (type[0] as unknown) : type) {
    case 'string':
      return text(name, Number(minLength ?? 0))
    case 'integer':
    case 'number':
      return Math.max(1, Number(minimum ?? 1), Number(exclusiveMinimum ?? 0) + 1)
    case 'boolean':
      return true
    case 'null':
      return null
    case 'array':
      return Array.from({ length: Math.max(1, Number(minItems ?? 0)) }, () =>
        madeFrom((items ?? {}) as Schema, name),
      )
    case 'object': {
      const required = Array.isArray(schema['required']) ? (schema['required'] as readonly string[]) : []
      const fields = Object.entries(fieldsOf(schema) ?? {}).filter(([field]) => required.includes(field))
      return Object.fromEntries(fields.map(([field, each]) => [field, madeFrom(each, field)]))
    }
    default:
      return {}
  }
}

const text = (name: string, least: number): string => (name === '' ? 'text' : name).padEnd(least, madeUp)
