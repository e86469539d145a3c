// Who may import whom in src/. An import that this table does not name is an error; so is a file outside the rooms.
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { parseSync } from 'rolldown/utils'

const ladder: Readonly<Record<string, readonly string[]>> = {
  store: [],
  kernel: ['store'],
  'the list of packs': ['kernel', 'a pack'],
  'a pack': ['kernel'],
  "a pack's pages": ['kernel', 'its own pack', 'web/kit', 'web/live'],
  doors: ['kernel', 'store', 'a pack', 'the list of packs'],
  'web/kit': [],
  'web/live': ['kernel'],
  'web/shell': ['kernel', 'web/kit', 'web/live'],
  'web/entries': [
    'kernel',
    'a pack',
    "a pack's pages",
    'the list of packs',
    'web/kit',
    'web/live',
    'web/shell',
  ],
  world: ['store', 'kernel', 'a pack', 'the list of packs', 'doors', 'web/live', 'cli'],
  cli: ['store', 'kernel', 'a pack', 'the list of packs', 'doors', 'world'],
}

/** Languages and texts: what packs, doors and pages all say things with. */
const sharedTexts = 'src/kernel/texts.ts'

type Room = { readonly kind: string; readonly pack?: string }

export type Import = { readonly line: number; readonly specifier: string }

/** `path` is relative to the project's root: `src/packs/game/pages/wallet.ts`. */
function roomOf(path: string): Room | undefined {
  const [top, first = '', second = '', third] = path.split('/')
  if (top !== 'src' || second === '') return undefined
  if (first === 'packs' && third === undefined) return { kind: 'the list of packs' }
  if (first === 'packs') return { kind: third === 'pages' ? "a pack's pages" : 'a pack', pack: second }
  const kind = first === 'web' ? `web/${second}` : first
  return kind in ladder ? { kind } : undefined
}

function mayImport(from: Room, to: Room): boolean {
  if (from.kind === to.kind && from.pack === to.pack) return true
  const allowed = ladder[from.kind] ?? []
  if (from.pack !== undefined && to.pack !== undefined) {
    return from.pack === to.pack && to.kind === 'a pack' && allowed.includes('its own pack')
  }
  return allowed.includes(to.kind)
}

/** Relative specifiers of imports, exports, literal `import()` and `new URL(…, import.meta.url)` (worker threads). */
export function importsOf(path: string, source: string): Import[] {
  const { module } = parseSync(path, source)
  const found = [
    ...module.staticImports.map(({ moduleRequest }) => moduleRequest),
    ...module.staticExports.flatMap(({ entries }) => entries.flatMap((entry) => entry.moduleRequest ?? [])),
    ...module.dynamicImports.map(({ moduleRequest }) => moduleRequest),
  ].map(({ start, end }) => ({ start, text: source.slice(start, end) }))
  const urls = [...source.matchAll(/new URL\(\s*(['"][^'"]+['"])\s*,\s*import\.meta\.url/g)]
  found.push(...urls.map((match) => ({ start: match.index, text: match[1] ?? '' })))
  return found
    .filter(({ text }) => /^['"`]\./.test(text))
    .map(({ start, text }) => ({
      line: source.slice(0, start).split('\n').length,
      specifier: text.slice(1, -1),
    }))
}

/** What is wrong with one file, a sentence each. */
export function violations(path: string, source: string): string[] {
  const from = roomOf(path)
  if (!from) return [`${path}: not in a room of src/ (${Object.keys(ladder).join(', ')})`]
  return importsOf(path, source).flatMap(({ line, specifier }) => {
    const target = normalize(join(dirname(path), specifier))
    const to = roomOf(target)
    if ((to && mayImport(from, to)) || (from.kind === 'web/kit' && target === sharedTexts)) return []
    const allowed = (ladder[from.kind] ?? []).join(', ') || 'nothing else of src/'
    return [`${path}:${line}: ${from.kind} must not import ${target}; it may import ${allowed}`]
  })
}

if (import.meta.main) {
  const paths = globSync('src/**/*.{ts,tsx}').toSorted()
  const found = paths.flatMap((path) => violations(path, readFileSync(path, 'utf8')))
  console.log(found.length > 0 ? found.join('\n') : `${paths.length} files keep the ladder`)
  process.exitCode = found.length > 0 ? 1 : 0
}
