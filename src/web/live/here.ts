import type { Surroundings } from './surroundings.ts'

/**
 * The page that we are in: the one home of its clocks, timers and chance. Only what there is on http:// by address too,
 * which is no secure context: no locks, no randomUUID, no subtle. Runs in Node as well.
 */
export function here(origin: string = location.origin): Surroundings {
  return {
    origin,
    language: () => (/^fr\b/i.test(navigator.language) ? 'fr' : 'en'),
    clock: { mono: () => performance.now(), wall: () => Date.now() },
    timers: {
      after: (ms, run) => {
        const timer = setTimeout(run, ms)
        return () => clearTimeout(timer)
      },
    },
    random: { bytes: (size) => crypto.getRandomValues(new Uint8Array(size)) },
    socket: (url) => new WebSocket(url),
    fetch: (url, asked, withinMs) => fetch(url, { ...asked, signal: AbortSignal.timeout(withinMs) }),
    onWake,
  }
}

/** What time it is by this device: milliseconds since 1970. */
export const deviceTime = (): number => Date.now()

function onWake(tell: () => void): () => void {
  if (typeof document === 'undefined') return () => {}
  const seen = () => {
    if (document.visibilityState === 'visible') tell()
  }
  const heard = [
    [window, 'online', tell],
    // Out of the cache of the browser, with sockets that are dead.
    [window, 'pageshow', tell],
    [document, 'visibilitychange', seen],
  ] as const
  for (const [target, name, run] of heard) target.addEventListener(name, run)
  return () => {
    for (const [target, name, run] of heard) target.removeEventListener(name, run)
  }
}
