/** Rows above and below what is in sight, so that a quick finger finds them there. */
const spare = 20

/** Which of `count` rows are in sight, from where their list begins `top` pixels above the window. */
export function visibleRows(top: number, height: number, rowHeight: number, count: number) {
  const first = Math.floor(top / rowHeight) - spare
  const last = Math.ceil((top + height) / rowHeight) + spare
  const from = Math.max(0, Math.min(first, count - 1))
  return { from, to: Math.max(from, Math.min(count, last)) }
}
