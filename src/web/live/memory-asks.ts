import type { Ask } from './ask.ts'
import type { AskStore } from './ask-store.ts'

/** Where the browser keeps nothing for us: gone with the page. */
export function memoryAsks(): AskStore {
  const asks = new Map<number, Ask>()
  const notes = new Map<string, unknown>()
  const tells = new Set<() => void>()
  let seqs = 0
  const changed = () => queueMicrotask(() => tells.forEach((tell) => tell()))
  return {
    isDurable: false,
    add: async (ask) => {
      const known = [...asks.values()].find(({ key }) => key === ask.key)
      if (known) return known
      const added = { ...ask, seq: (seqs += 1) }
      asks.set(added.seq, added)
      changed()
      return added
    },
    all: async () => [...asks.values()],
    change: async (seq, change) => {
      const before = asks.get(seq)
      const after = before && change(before)
      if (after === undefined) return before
      if (after === null) asks.delete(seq)
      else asks.set(seq, after)
      changed()
      return after ?? undefined
    },
    note: async (name, change) => {
      const after = change(notes.get(name))
      notes.set(name, after)
      return after
    },
    onChange: (tell) => {
      tells.add(tell)
      return () => tells.delete(tell)
    },
    // Several clients of one page may share it; each stops listening by itself.
    close: () => {},
  }
}
