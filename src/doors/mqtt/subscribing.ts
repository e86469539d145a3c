import type { Machine } from '../../kernel/machine.ts'
import { isClientFilter } from './topic-names.ts'
import type { MqttLimits } from './limits.ts'
import type { Line, Open } from './line.ts'
import type { Routes } from './routes.ts'
import type { Session } from './session.ts'
import type { Sessions } from './sessions.ts'
import type { Tells } from './tells.ts'
import type { Incoming, Wanted } from './wire/incoming.ts'
import { suback, unsuback } from './wire/outgoing.ts'
import { reason } from './wire/reasons.ts'

type Parts = {
  readonly machine: Machine
  readonly limits: MqttLimits
  readonly routes: Routes
  readonly sessions: Sessions
  readonly tells: Tells
}

/** From here on a code of SUBACK is a refusal. */
const refusals = 3

/** What a client wants to hear from now on. On disk before it is granted; then comes what is retained. */
export async function subscribe(
  parts: Parts,
  { id, wanted: all, properties }: Incoming & { readonly is: 'subscribe' },
  open: Open,
  line: Line,
): Promise<void> {
  const { sessions, tells } = parts
  const { version, session } = open
  const before = new Set(session.subscriptions.keys())
  const [number] = properties.subscription ?? []
  const codes = all.map((wanted) => grant(parts, wanted, number, open))
  const refused = all.find((_, at) => (codes[at] ?? 0) >= refusals)
  if (refused) line.complain(`may not subscribe to ${refused.filter.slice(0, 100)}`)
  await sessions.save(session)
  if (line.isOver()) return
  line.write(suback(version, id, codes))
  for (const [at, { filter, handling }] of all.entries()) {
    if ((codes[at] ?? 0) >= refusals || handling === 2) continue
    const isNew = handling === 0 || !before.has(filter)
    if (isNew) sendRetained(parts, session, filter)
    tells.listen(session, filter, isNew)
  }
}

export async function unsubscribe(
  { sessions, tells }: Parts,
  { id, filters }: Incoming & { readonly is: 'unsubscribe' },
  { version, session }: Open,
  line: Line,
): Promise<void> {
  const codes = filters.map((filter) =>
    session.subscriptions.delete(filter) ? reason.done : reason.noSubscription,
  )
  await sessions.save(session)
  tells.left()
  line.write(unsuback(version, id, codes))
}

/** The QoS that is granted, or why none is. */
function grant(
  { routes, limits }: Parts,
  wanted: Wanted,
  number: number | undefined,
  { device, session }: Open,
): number {
  const { filter } = wanted
  if (filter.startsWith('$share/')) return reason.noShared
  if (!isClientFilter(filter)) return reason.filterInvalid
  // First: a packet has room for 60,000 filters, and each costs a look at all topics.
  if (!session.subscriptions.has(filter) && session.subscriptions.size >= limits.subscriptions)
    return reason.quota
  if (!routes.maySubscribe(device, filter)) return reason.notAllowed
  session.subscriptions.set(filter, { ...wanted, parts: filter.split('/'), number })
  return Math.min(wanted.qos, 1)
}

function sendRetained({ sessions, machine }: Parts, session: Session, filter: string): void {
  for (const kept of sessions.retained.by(session.site, filter, machine.clock.mono()))
    sessions.give(session, kept, { retain: true, replaces: false })
}
