import { globSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')

/** Files that carry work between real threads, or to folders on a real disk. A world has one thread and cards of its own. */
const threadsAndFolders: ReadonlySet<string> = new Set([
  'src/kernel/site/views-folder.ts',
  'src/kernel/site/writer-serve.ts',
  'src/kernel/site/writer-thread.ts',
])

/** What of src/kernel a world has to run, and what not. */
export type Covers = {
  /** What runs on a box: everything that its program imports. */
  readonly counted: readonly string[]
  /** Runs on a box, and in no world. */
  readonly apart: readonly string[]
  /** What nothing but tests imports. */
  readonly leftOut: readonly string[]
}

export function covers(): Covers {
  const program = reachedFrom('src/cli/main.ts')
  const all = globSync('src/kernel/**/*.ts', { cwd: root }).filter((path) => !path.endsWith('.test.ts'))
  const pick = (which: (path: string) => boolean) => all.filter(which).toSorted()
  return {
    counted: pick((path) => program.has(path) && !threadsAndFolders.has(path)),
    apart: pick((path) => program.has(path) && threadsAndFolders.has(path)),
    leftOut: pick((path) => !program.has(path)),
  }
}

/** All that a file imports, worker threads included; the simulator is no part of what a box runs. */
function reachedFrom(start: string): ReadonlySet<string> {
  const reached = new Set([start])
  for (const path of reached) {
    for (const imported of importsOf(path)) {
      if (!imported.startsWith('src/world/') && !imported.includes('/simulate')) reached.add(imported)
    }
  }
  return reached
}

function importsOf(path: string): readonly string[] {
  const code = readFileSync(join(root, path), 'utf8')
  const found = code.matchAll(/(?:from|import\(|import|new URL\()\s*'(\.[^']+\.ts)'/g)
  return [...found].map(([, specifier]) => join(dirname(path), specifier as string))
}
