import { randomId } from '../../kernel/machine.ts'
import type { Ask, Done } from './ask.ts'
import type { AskStore } from './ask-store.ts'
import type { BoxTime } from './box-clock.ts'
import type { ActionsOf, InputOf, MayWait, QueriesOf, RowOf, Trades } from './declared.ts'
import { kernelMayWait } from './declared.ts'
import { doneAtText, doneNow } from './done.ts'
import type { LineState } from './line.ts'
import { Line } from './line.ts'
import type { Asked } from './outbox.ts'
import { Outbox } from './outbox.ts'
import type { Reading } from './readings.ts'
import { Readings } from './readings.ts'
import { isThere, send } from './send.ts'
import type { Surroundings } from './surroundings.ts'
import { turnOf } from './turn.ts'

type Name<Declared> = keyof Declared & string

/** Everything that a page needs of its box, typed by what packs declare. */
export type LiveClient<All extends Trades> = {
  /** Reads a query live, of one site, or of all that its reader may see. */
  readonly query: <Query extends Name<QueriesOf<All>>, const Site extends string | undefined = undefined>(
    query: Query,
    input: InputOf<QueriesOf<All>[Query]>,
    more?: { readonly site?: Site; readonly everyMs?: number },
  ) => Reading<RowOf<QueriesOf<All>[Query], Site>>
  /**
   * Asks for an action. Resolves when it is kept on this device: it then happens once, or is refused in words; while the box
   * cannot be reached at once, unless the action is declared to wait. Who gives
   * a `key` (of what is done, and unlike any other) may ask twice for the same.
   */
  readonly act: <Action extends Name<ActionsOf<All>>>(
    action: Action,
    input: InputOf<ActionsOf<All>[Action]>,
    more?: { readonly site?: string; readonly key?: string },
  ) => Promise<Asked>
  /** What was asked for on this device, by all its pages, until somebody has seen how it ended. */
  readonly asks: {
    readonly now: () => readonly Ask[]
    readonly subscribe: (tell: (asks: readonly Ask[]) => void) => () => void
    /** Takes back what surely has not been done; false where that is not sure. */
    readonly drop: (key: string) => Promise<boolean>
    /** Somebody has seen how it ended. */
    readonly forget: (key: string) => Promise<void>
    /** Whether what is asked for survives a reload of the page. */
    readonly isDurable: boolean
  }
  /** Whether the box is there. */
  readonly line: () => LineState
  readonly onLine: (tell: (state: LineState) => void) => () => void
  /** Milliseconds since the box was last heard. */
  readonly silence: () => number
  /** What time it is by the box, and how far off that may be; undefined while nobody knows. */
  readonly time: () => BoxTime | undefined
  /** Somebody else has signed in, or nobody is signed in any more. */
  readonly renew: () => void
  readonly stop: () => void
}

export type ClientParts<All extends Trades> = {
  readonly here: Surroundings
  readonly store: AskStore
  /** Which actions of the packs may wait for their box, as they are declared. */
  readonly mayWait: MayWait<All>
  /** Who has signed in here, so that what one asked for is not sent as another. */
  readonly who?: (() => string) | undefined
  /** For programs; pages have their cookie. */
  readonly token?: (() => string | undefined) | undefined
}

export function liveClient<All extends Trades>(parts: ClientParts<All>): LiveClient<All> {
  const { here, store, who = () => '', token = () => undefined } = parts
  const page = randomId(here.random, 16)
  const mayWait = (action: string) => Object.hasOwn({ ...kernelMayWait, ...parts.mayWait }, action)
  const tells = new Set<(state: LineState) => void>()
  const readings: Readings = new Readings(here, () => line)
  const line: Line = new Line(here, token, {
    opened: () => readings.opened(),
    told: (telling) => readings.told(telling),
    changed: (state) => {
      if (state.is === 'away' || state.is === 'closed') readings.lost(line.heardAt)
      readings.changed()
      if (state.is === 'open') void outbox.wake()
      for (const tell of tells) tell(state)
    },
  })
  const time = () => line.boxClock.at(here.clock.mono())
  const now = (): Done => doneNow(here.clock, time(), page)
  const outbox: Outbox = new Outbox({
    here,
    store,
    turn: turnOf(store, here, page),
    who,
    now,
    mayWait,
    isThere: async () => line.state.is === 'open' || (await isThere(here)),
    send: (ask) => send(here, ask, doneAtText(ask.done, here.clock, page), token()),
  })
  const unwake = here.onWake(() => void outbox.wake())
  const client: LiveClient<Trades> = {
    query: (query, input, more) =>
      readings.read({ query, input, site: more?.site, everyMs: more?.everyMs }) as Reading<never>,
    act: (action, input, more) => outbox.add(action, input, more?.site ?? null, more?.key),
    asks: {
      now: () => outbox.asks,
      subscribe: (tell) => outbox.subscribe(tell),
      drop: (key) => outbox.drop(key),
      forget: (key) => outbox.forget(key),
      isDurable: store.isDurable,
    },
    line: () => line.state,
    onLine: (tell) => {
      tells.add(tell)
      tell(line.state)
      return () => tells.delete(tell)
    },
    silence: () => here.clock.mono() - line.heardAt,
    time,
    renew: () => {
      line.renew()
      void outbox.wake()
    },
    stop: () => {
      unwake()
      tells.clear()
      readings.stop()
      outbox.stop()
      line.stop()
      store.close()
    },
  }
  // What packs declare is known to types alone; here names are names.
  return client
}
