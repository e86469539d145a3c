import { Trouble } from '../doors/errors.ts'
import type { Environment } from './settings.ts'

/** A setting that was given, and by which name. */
export type Found = { readonly setting: string; readonly text: string }

/** An empty variable counts as not set: that is how service files and compose files leave one out. */
export function pick(
  env: Environment,
  flags: Environment,
  variable: string,
  flag: string,
): Found | undefined {
  const given = flags[flag]?.trim()
  if (given) return { setting: `--${flag}`, text: given }
  const set = env[variable]?.trim()
  return set ? { setting: variable, text: set } : undefined
}

export function invalid({ setting, text }: Found, wanted: string): Trouble {
  return Trouble.of('setting_invalid', { setting, value: text, wanted })
}
