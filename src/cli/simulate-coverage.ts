import { readFileSync } from 'node:fs'
import { Session, type Profiler } from 'node:inspector'
import { stripTypeScriptTypes } from 'node:module'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { covers } from './simulate-covers.ts'

export type CoveredFile = {
  readonly file: string
  readonly lines: number
  readonly percent: number
  /** Numbers of the lines that never ran. */
  readonly missed: readonly number[]
}

export type Covered = {
  readonly percent: number
  /** Worst first. */
  readonly files: readonly CoveredFile[]
  /** Runs on a box, and in no world. */
  readonly apart: readonly { readonly file: string; readonly lines: number }[]
  readonly percentWithApart: number
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
  const measure = (file: string): CoveredFile => {
    const path = resolve(root, file)
    const { lines, missed } = linesOf(readFileSync(path, 'utf8'), byUrl.get(pathToFileURL(path).href))
    return { file, lines, missed, percent: percentOf([{ lines, missed }]) }
  }
  const { counted, apart } = covers()
  const hasLines = ({ lines }: CoveredFile) => lines > 0
  const files = counted.map(measure).filter(hasLines)
  const others = apart.map(measure).filter(hasLines)
  return {
    percent: percentOf(files),
    files: files.toSorted((a, b) => a.percent - b.percent),
    apart: others.map(({ file, lines }) => ({ file, lines })),
    percentWithApart: percentOf([...files, ...others]),
  }
}

function percentOf(files: readonly Pick<CoveredFile, 'lines' | 'missed'>[]): number {
  const lines = files.reduce((sum, file) => sum + file.lines, 0)
  const missed = files.reduce((sum, file) => sum + file.missed.length, 0)
  return (100 * (lines - missed)) / Math.max(1, lines)
}

/** Types are blanks at run time, so places in the text stay the same. */
function linesOf(
  source: string,
  script: Profiler.ScriptCoverage | undefined,
): Pick<CoveredFile, 'lines' | 'missed'> {
  const code = stripTypeScriptTypes(source)
  const ranges = (script?.functions ?? [])
    .flatMap((each) => each.ranges)
    .toSorted((a, b) => size(b) - size(a))
  let lines = 0
  const missed: number[] = []
  let at = 0
  for (const [index, line] of code.split('\n').entries()) {
    const first = at + line.search(/\S|$/)
    at += line.length + 1
    if (!/[\w]/.test(line) || /^\s*(\/\/|\/?\*|import )/.test(line)) continue
    lines += 1
    // The innermost range that holds the line's beginning says how often it ran.
    const innermost = ranges.findLast(
      ({ startOffset, endOffset }) => startOffset <= first && first < endOffset,
    )
    if ((innermost?.count ?? 0) === 0) missed.push(index + 1)
  }
  return { lines, missed }
}

const size = ({ startOffset, endOffset }: Profiler.CoverageRange): number => endOffset - startOffset
