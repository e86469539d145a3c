import type { AskStore } from './ask-store.ts'
import type { Surroundings } from './surroundings.ts'

/**
 * Lets one page of this device at a time do something. False where another one is doing it. `isOurs` is to be asked
 * before each step: a page that stood still may have lost its turn.
 */
export type Turn = (run: (isOurs: () => boolean) => Promise<void>) => Promise<boolean>

const name = 'regie asks'
/** Whoever has not said for so long that it goes on, does not. */
const leaseMs = 5_000
const renewMs = 1_000

/** The browser's own locks, which there are only in a secure context; else a lease. */
export function turnOf(store: AskStore, here: Surroundings, page: string): Turn {
  const locks = (globalThis.navigator as { readonly locks?: LockManager } | undefined)?.locks
  return locks && store.isDurable && globalThis.isSecureContext
    ? lockTurn(locks)
    : leaseTurn(store, here, page)
}

function lockTurn(locks: LockManager): Turn {
  return (run) =>
    locks.request(name, { ifAvailable: true }, async (lock) => {
      if (!lock) return false
      await run(() => true)
      return true
    })
}

type Lease = { readonly page: string | null; readonly count: number }

/** A lease counts up while its page lives. No clock is compared: one that stands still for long enough is taken over. */
export function leaseTurn(store: AskStore, { clock, timers }: Surroundings, page: string): Turn {
  let seen: { readonly lease: Lease; readonly at: number } | undefined
  const take = (before: unknown): Lease => {
    const lease = (before as Lease | undefined) ?? { page: null, count: 0 }
    if (lease.page === null || lease.page === page) return { page, count: lease.count + 1 }
    const now = clock.mono()
    if (seen?.lease.page !== lease.page || seen.lease.count !== lease.count) seen = { lease, at: now }
    return now - seen.at >= leaseMs ? { page, count: lease.count + 1 } : lease
  }
  const isMine = (lease: unknown) => (lease as Lease).page === page
  return async (run) => {
    if (!isMine(await store.note(name, take))) return false
    let isOurs = true
    let cancel = () => {}
    let renewed = clock.mono()
    const renewLater = () => {
      cancel = timers.after(renewMs, () => {
        const renewing = store.note(name, (now) => (isMine(now) ? take(now) : now))
        void renewing.then(
          (now) => {
            isOurs &&= isMine(now)
            renewed = clock.mono()
            if (isOurs) renewLater()
          },
          () => (isOurs = false),
        )
      })
    }
    renewLater()
    try {
      await run(() => isOurs && clock.mono() - renewed < leaseMs)
    } finally {
      cancel()
      isOurs = false
      await store.note(name, (now) => (isMine(now) ? { page: null, count: (now as Lease).count + 1 } : now))
    }
    return true
  }
}
