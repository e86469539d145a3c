import type { Trial } from './trial.ts'

/** One change to the kernel or the store that breaks a promise. */
export type Mutant = {
  readonly name: string
  /** The rule of `docs/spec` that it breaks. */
  readonly breaks: string
  readonly file: string
  /** Stands exactly once in the file. */
  readonly find: string
  readonly replace: string
  /** The trial that found it once: tried before the others. */
  readonly first?: Trial | undefined
  /** Why nothing finds it, for those that are known to live. The whole story stands in docs/mutants.md. */
  readonly survives?: string | undefined
}

/** The file with the mutant in it. Throws where the text is not what the mutant was written for. */
export function mutated({ name, file, find, replace }: Mutant, source: string): string {
  const places = source.split(find).length - 1
  if (places !== 1)
    throw new Error(`mutant "${name}": its text stands ${places} times in ${file}; adapt it to the file`)
  return source.replace(find, () => replace)
}
