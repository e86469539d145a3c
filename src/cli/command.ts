import type { Language, Texts } from '../doors/language.ts'
import type { Environment } from './settings.ts'

/** How commands end. Scripts rely on it. */
export const exit = {
  done: 0,
  /** It could not be done; standard error says why and what to do. */
  failed: 1,
  /** The command line or a setting is wrong. */
  usage: 2,
  /** Nothing runs that could be asked. */
  away: 3,
  /** A mistake in Regie itself. */
  broken: 70,
} as const

export type Context = {
  readonly env: Environment
  readonly language: Language
  readonly version: string
}

/** Does the work and says how it ended. */
export type Run = (args: readonly string[], context: Context) => Promise<number>

/** One line of the table: what it is for, and where it is, loaded only when asked for. */
export type Command = { readonly summary: Texts; readonly load: () => Promise<Run> }
