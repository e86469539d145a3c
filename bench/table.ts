import type { Figure } from './parts/figure.ts'
import type { Missing, Row } from './parts/row.ts'

const titles = ['what', 'median', 'min–max', 'beside', 'median', 'ratio', 'aim', 'holds']

/** The rows as Markdown, which people read as it is. */
export function table(rows: readonly Row[]): string {
  const lines = [titles, ...rows.map(cells)]
  const widths = titles.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)))
  const text = (line: readonly string[]) =>
    `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`
  const [head = [], ...body] = lines
  return [text(head), rule, ...body.map(text)].join('\n')
}

function cells({ name, ours, peer, ratio, aim, holds }: Row): readonly string[] {
  return [
    name,
    `${number(ours.median)} ${ours.unit}`,
    `${number(ours.min)}–${number(ours.max)}`,
    peer?.name ?? '',
    peer ? peerText(peer.figure) : '',
    ratio === undefined ? '' : `${number(ratio)} x`,
    aim ?? '',
    holds === null ? '' : holds ? 'yes' : 'NO',
  ]
}

const peerText = (figure: Figure | Missing): string =>
  'missing' in figure ? `MISSING: ${figure.missing}` : `${number(figure.median)} ${figure.unit}`

/** Three digits that mean something. */
function number(value: number): string {
  if (value >= 1000) return Number(value.toPrecision(3)).toLocaleString('en')
  return String(Number(value.toPrecision(3)))
}
