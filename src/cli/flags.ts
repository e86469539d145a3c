import { parseArgs } from 'node:util'
import { Trouble } from '../doors/errors.ts'

type Kinds = Readonly<Record<string, 'string' | 'boolean'>>
type Read<All extends Kinds> = {
  readonly [Name in keyof All]?: (All[Name] extends 'string' ? string : boolean) | undefined
}

/** Reads `--name value`, `--name=value` and `--name`. Throws a Trouble for anything else. */
export function readFlags<All extends Kinds>(
  command: string,
  args: readonly string[],
  kinds: All,
): Read<All> {
  const options = Object.fromEntries(Object.entries(kinds).map(([name, type]) => [name, { type }]))
  const { tokens } = parseArgs({
    args: [...args],
    options,
    strict: false,
    tokens: true,
    allowPositionals: true,
  })
  const read: Record<string, string | boolean> = {}
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue
    const kind = token.kind === 'option' ? kinds[token.name] : undefined
    if (token.kind === 'positional' || kind === undefined) {
      const argument = token.kind === 'positional' ? token.value : token.rawName
      throw Trouble.of('argument_unknown', { command, argument })
    }
    if (kind === 'string' && !token.value)
      throw Trouble.of('argument_empty', { command, argument: token.rawName })
    if (kind === 'boolean' && token.value !== undefined) {
      throw Trouble.of('argument_unknown', { command, argument: `${token.rawName}=${token.value}` })
    }
    read[token.name] = token.value ?? true
  }
  return read as Read<All>
}
