import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { Trouble } from '../doors/errors.ts'
import { doLocal } from '../doors/local.ts'
import type { Context } from './command.ts'
import { realMachine, standardError } from './machine.ts'
import { startProgram } from './program.ts'
import { floorOf } from './saved-time.ts'
import { readSettings } from './settings.ts'

export const dataFlags = { data: 'string', json: 'boolean', help: 'boolean' } as const

/**
 * Has the box on a data folder do something: the program that runs on it, or, where none does, one that is started
 * for this alone and opens no door to the network.
 */
export async function askProgram(
  { env }: Context,
  data: string | undefined,
  name: string,
  input: unknown,
): Promise<unknown> {
  const settings = readSettings(env, { data })
  const told = await doLocal(settings.data, name, input)
  if (told) return told.done
  const machine = realMachine(standardError('error'), floorOf(settings.data))
  const noDevices = { mqttPort: 0, mqttWsPort: 0, mqttTlsPort: 0 }
  const quiet = { ...settings, ...noDevices, host: '127.0.0.1', port: 0, tls: { ...settings.tls, port: 0 } }
  const program = await startProgram({ settings: quiet, machine, listening: () => {} })
  try {
    return (await doLocal(settings.data, name, input))?.done
  } finally {
    await program.stop()
  }
}

/** A password never stands on a command line, where others of this machine would see it. */
export async function readPassword(
  stdin: boolean | undefined,
  file: string | undefined,
): Promise<string | undefined> {
  if (stdin === true) return firstLine(await text(process.stdin))
  if (file === undefined) return undefined
  try {
    return firstLine(await readFile(file, 'utf8'))
  } catch (error) {
    throw Trouble.of('file_unreadable', { file, reason: (error as Error).message }, error)
  }
}

const firstLine = (all: string): string => all.split(/\r?\n/, 1)[0] ?? ''

export function demand(value: string | undefined, flag: string, command: string): string {
  if (value !== undefined && value !== '') return value
  throw Trouble.of('flag_missing', { flag, command })
}

/** A list as it is typed: `a,b`. */
export const listOf = (text_: string): readonly string[] =>
  text_
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')

export function print(json: boolean | undefined, done: unknown, words: string): void {
  process.stdout.write(json === true ? `${JSON.stringify(done)}\n` : words)
}
