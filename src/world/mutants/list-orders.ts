import type { Mutant } from './mutant.ts'

/** In the giving of orders, and in what boxes and keepers remember of them. */
export const inOrders: readonly Mutant[] = [
  {
    name: 'an acceptance is not noted beside its record',
    breaks: 'ORDER-3',
    file: 'src/kernel/box/journal.ts',
    find: 'stream: stream.name, rows }, ...beside])',
    replace: 'stream: stream.name, rows }, ...beside.slice(0, 0)])',
    first: { arena: 'orders', seed: 2 },
  },
  {
    name: 'a box forgets its orders with its process',
    breaks: 'ORDER-4',
    file: 'src/kernel/box/beside.ts',
    find: 'this.orders.open(notes)',
    replace: 'this.orders.open(new Map())',
    first: { arena: 'orders', seed: 2 },
  },
  {
    name: 'a keeper forgets what it gave out',
    breaks: 'ORDER-8',
    file: 'src/kernel/orders/clerk.ts',
    find: 'if (leftMs > 0) this.#handed.add(order)',
    replace: 'if (leftMs > order.length * 1e9) this.#handed.add(order)',
    first: { arena: 'orders', seed: 1 },
  },
  {
    name: 'a keeper that starts looks at no older order',
    breaks: 'ORDER-7',
    file: 'src/kernel/orders/clerk.ts',
    find: '(this.#saw || log.state.openOrders > 0)',
    replace: 'this.#saw',
    first: { arena: 'orders of two keepers', seed: 4 },
  },
  {
    name: 'an order lives anew each time it is given',
    breaks: 'ORDER-6',
    file: 'src/kernel/orders/clerk.ts',
    find: 'const left = leftAtLeast(row, term, now)',
    replace: 'const left = leftAtLeast({ ...row, at: now }, term, now)',
    first: { arena: 'orders', seed: 2 },
  },
  {
    name: 'whoever asks gets the orders of the keeper',
    breaks: 'ORDER-5',
    file: 'src/kernel/box/asks.ts',
    find: `await this.#handOut(path[0] ?? '')`,
    replace: 'await this.#handOut(path[0] === undefined ? peer.box : this.#parts.box)',
    first: { arena: 'orders', seed: 1 },
  },
]
