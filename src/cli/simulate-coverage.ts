import { globSync, readFileSync } from 'node:fs'
import { Session, type Profiler } from 'node:inspector'
import { stripTypeScriptTypes } from 'node:module'
import { relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

export type Covered = {
  readonly percent: number
  /** Worst first. */
  readonly files: readonly { readonly file: string; readonly percent: number }[]
}

const root = resolve(import.meta.dirname, '../..')

/** From now on V8 counts what runs. Modules that are loaded later are counted whole. */
export function startCoverage(): Session {
  const session = new Session()
  session.connect()
  session.post('Profiler.enable')
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  return session
}

/** Which lines of src/kernel ran. A file that nobody loaded ran nowhere. */
export function lineCoverage(session: Session): Covered {
  let scripts: readonly Profiler.ScriptCoverage[] = []
  session.post('Profiler.takePreciseCoverage', (error, taken) => {
    if (error === null) scripts = taken.result
  })
  session.disconnect()
  const byUrl = new Map(scripts.map((script) => [script.url, script]))
  const paths = globSync('src/kernel/**/*.ts', { cwd: root }).filter((path) => !path.endsWith('.test.ts'))
  const files = paths.map((path) => {
    const file = `${root}/${path}`.replaceAll('//', '/')
    return {
      file: relative(root, file),
      ...linesOf(readFileSync(file, 'utf8'), byUrl.get(pathToFileURL(file).href)),
    }
  })
  const sum = (pick: (file: (typeof files)[number]) => number) =>
    files.reduce((total, file) => total + pick(file), 0)
  const percents = files
    .filter(({ lines }) => lines > 0)
    .map(({ file, lines, ran }) => ({ file, percent: (100 * ran) / lines }))
  return {
    percent:
      (100 * sum(({ ran }) => ran)) /
      Math.max(
        1,
        sum(({ lines }) => lines),
      ),
    files: percents.toSorted((a, b) => a.percent - b.percent),
  }
}

/** Types are blanks at run time, so places in the text stay the same. */
function linesOf(
  source: string,
  script: Profiler.ScriptCoverage | undefined,
): { lines: number; ran: number } {
  const code = stripTypeScriptTypes(source)
  const ranges = (script?.functions ?? [])
    .flatMap((each) => each.ranges)
    .toSorted((a, b) => size(b) - size(a))
  let lines = 0
  let ran = 0
  let at = 0
  for (const line of code.split('\n')) {
    const first = at + line.search(/\S|$/)
    at += line.length + 1
    if (!/[\w]/.test(line) || /^\s*(\/\/|\/?\*|import )/.test(line)) continue
    lines += 1
    // The innermost range that holds the line's beginning says how often it ran.
    const innermost = ranges.findLast(
      ({ startOffset, endOffset }) => startOffset <= first && first < endOffset,
    )
    if ((innermost?.count ?? 0) > 0) ran += 1
  }
  return { lines, ran }
}

const size = ({ startOffset, endOffset }: Profiler.CoverageRange): number => endOffset - startOffset
