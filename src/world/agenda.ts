export type Event = { readonly at: number; readonly order: number; run: (() => void) | undefined }

/** What is to happen, soonest first; at the same moment in the order it was planned. A binary heap. */
export class Agenda {
  readonly #heap: Event[] = []
  #order = 0

  get size(): number {
    return this.#heap.length
  }

  next(): Event | undefined {
    return this.#heap[0]
  }

  add(at: number, run: () => void): Event {
    const event: Event = { at, order: this.#order++, run }
    const heap = this.#heap
    let place = heap.push(event) - 1
    while (place > 0) {
      const parent = (place - 1) >> 1
      if (!before(event, heap[parent] as Event)) break
      heap[place] = heap[parent] as Event
      place = parent
    }
    heap[place] = event
    return event
  }

  take(): Event | undefined {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (heap.length === 0 || last === undefined) return first
    let place = 0
    for (;;) {
      let child = 2 * place + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && before(heap[child + 1] as Event, heap[child] as Event)) child += 1
      if (!before(heap[child] as Event, last)) break
      heap[place] = heap[child] as Event
      place = child
    }
    heap[place] = last
    return first
  }
}

function before(a: Event, b: Event): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}
