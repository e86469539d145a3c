import type { Level } from '../../../kernel/topics/filter.ts'
import type { KnownTopic } from '../../../kernel/topics/known-topics.ts'
import { replyRoot } from '../../../kernel/topics/known-topics.ts'
import type { Device } from '../device.ts'
import type { Routes } from '../routes.ts'
import type { Subscribing } from '../wire/to-broker.ts'

type Names = Readonly<Record<string, string>>

/** A declared filter as a client's: a name that is not given stands for anything. */
const filterOf = (levels: readonly Level[], names: Names): string =>
  levels.map((level) => ('word' in level ? level.word : (names[level.name] ?? '+'))).join('/')

const namesOne = (levels: readonly Level[]): boolean =>
  levels.some((level) => 'name' in level && level.name === 'device')

/** What is told, to learn what of it stands there from before. */
export function retainedAt(
  topics: readonly KnownTopic[],
  routes: Routes,
  devices: readonly Device[],
): readonly Subscribing[] {
  const tells = topics.filter(({ topic }) => topic.is === 'tell')
  return toldTo(tells, routes, devices)
    .filter((filter) => !filter.startsWith(`${replyRoot}/`))
    .map((filter) => ({ filter, asPublished: false, handling: 0 }))
}

/**
 * What is asked of the broker: topics on which these devices may send, each under its own name. Where a topic names
 * no device, nobody can tell who sends, and it is the broker itself, the first of them.
 */
export function heardFrom(
  topics: readonly KnownTopic[],
  routes: Routes,
  devices: readonly Device[],
): readonly Subscribing[] {
  const [self] = devices
  return topics.flatMap((known) => {
    const senders = namesOne(known.levels) ? devices : self ? [self] : []
    const isKept = known.topic.is === 'pass' && known.topic.retain === true
    return senders
      .filter(({ id, site, may }) =>
        routes.mayPublish({ id, site, may }, { known, levels: { device: id, site } }),
      )
      .map(({ id, site }) => ({
        filter: filterOf(known.levels, { device: id, site }),
        asPublished: isKept,
        // What a device said before anybody listened was not said now.
        handling: isKept ? (1 as const) : (2 as const),
      }))
  })
}

/** What the broker is told: all that it may read, and the answers of its devices. */
export function toldTo(
  topics: readonly KnownTopic[],
  routes: Routes,
  devices: readonly Device[],
): readonly string[] {
  const [self] = devices
  if (!self) return []
  const { site } = self
  const read = topics.flatMap(({ topic, levels, reply }) => {
    const isOwn = topic.is === 'pass' && topic.own === true
    const shown = isOwn
      ? devices.map(({ id }) => filterOf(levels, { device: id, site }))
      : [filterOf(levels, { site })]
    const answers = reply ? devices.map(({ id }) => filterOf(reply, { device: id, site })) : []
    return [...shown, ...answers]
  })
  const replies = devices.map(({ id }) => `${replyRoot}/${id}/#`)
  return [...new Set([...read, ...replies])].filter(
    (filter) => routes.maySubscribe(self, filter) || replies.includes(filter),
  )
}

/** Topics here and there: those there have a prefix. */
export class Prefix {
  readonly #prefix: string

  constructor(prefix: string) {
    this.#prefix = prefix
  }

  there(topic: string): string {
    return this.#prefix + topic
  }

  /** Undefined: it does not have the prefix, and is none of ours. */
  here(topic: string): string | undefined {
    return topic.startsWith(this.#prefix) ? topic.slice(this.#prefix.length) : undefined
  }
}
