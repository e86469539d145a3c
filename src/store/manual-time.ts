type Timer = { readonly at: number; readonly run: () => void }

/** For tests: a clock and timers that are moved by hand. */
export function manualTime() {
  const due = new Set<Timer>()
  let now = 0

  function after(ms: number, run: () => void): () => void {
    const timer = { at: now + ms, run }
    due.add(timer)
    return () => due.delete(timer)
  }

  function pass(ms: number): void {
    const end = now + ms
    for (;;) {
      const next = [...due].filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at)[0]
      if (next === undefined) break
      due.delete(next)
      now = next.at
      next.run()
    }
    now = end
  }

  return { clock: { mono: () => now }, timers: { after }, pass, pending: () => due.size }
}
