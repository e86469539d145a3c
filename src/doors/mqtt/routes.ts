import type { KnownTopic } from '../../kernel/topics/known-topics.ts'
import { replyRoot } from '../../kernel/topics/known-topics.ts'
import { isTopic, isTouching, levelsIn } from './topic-names.ts'
import type { Device } from './device.ts'

export type Route = {
  readonly known: KnownTopic
  readonly levels: Readonly<Record<string, string>>
}

const mostFound = 2_000

type Somebody = Pick<Device, 'id' | 'site' | 'may'>

/** What packs have declared, asked by topic: what a message is, who may send it, and who may read it. */
export class Routes {
  readonly #topics: readonly KnownTopic[]
  /** Devices say much on few topics. Begun anew when it is full, since anybody may name what he likes. */
  readonly #found = new Map<string, Route>()

  constructor(topics: readonly KnownTopic[]) {
    this.#topics = topics
  }

  /** What was declared for a topic that a client names. */
  find(topic: string): Route | undefined {
    const known = this.#found.get(topic)
    if (known) return known
    const route = isTopic(topic) ? this.#look(topic) : undefined
    if (!route) return undefined
    if (this.#found.size >= mostFound) this.#found.clear()
    this.#found.set(topic, route)
    return route
  }

  #look(topic: string): Route | undefined {
    const parts = topic.split('/')
    for (const known of this.#topics) {
      const levels = levelsIn(known.levels, parts)
      if (levels) return { known, levels }
    }
    return undefined
  }

  /** Nobody sends for another device, nor for another site. */
  mayPublish(device: Somebody, { known, levels }: Route): boolean {
    const { device: id = device.id, site = device.site } = levels
    if (id !== device.id || site !== device.site || known.topic.is === 'tell') return false
    return this.#may(device, known, known.publish)
  }

  /** Asked for each message as it goes out: what a device may changes while it is connected. */
  mayRead(device: Somebody, topic: string): boolean {
    const parts = topic.split('/')
    if (parts[0] === replyRoot) return parts[1] === device.id
    return this.#topics.some((known) => {
      const { topic: declared } = known
      // An answer is sent to the device that asked, and to no other.
      if (known.reply && levelsIn(known.reply, parts) && this.#may(device, known, known.publish)) return true
      const levels = levelsIn(known.levels, parts)
      if (!levels || (levels['site'] ?? device.site) !== device.site) return false
      if (declared.is === 'pass' && declared.own === true && levels['device'] !== device.id) return false
      return this.#may(device, known, known.subscribe)
    })
  }

  /** Whether there is anything that he may read by this filter. What comes by it is judged one by one. */
  maySubscribe(device: Somebody, filter: string): boolean {
    const parts = filter.split('/')
    const [first, second] = parts
    const isOwnReply = (first === replyRoot && second === device.id) || first === '#'
    if (isOwnReply) return true
    return this.#topics.some(
      (known) =>
        (isTouching(parts, known.levels) && this.#may(device, known, known.subscribe)) ||
        (known.reply && isTouching(parts, known.reply) && this.#may(device, known, known.publish)),
    )
  }

  /** The declared tells that a filter takes in. */
  tells(filter: string): readonly KnownTopic[] {
    const parts = filter.split('/')
    return this.#topics.filter(({ topic, levels }) => topic.is === 'tell' && isTouching(parts, levels))
  }

  #may(device: Somebody, { name, behind }: KnownTopic, allow: readonly string[]): boolean {
    if (allow.length === 0 || !device.may({ name, allow }, device.site)) return false
    return behind === undefined || device.may(behind, device.site)
  }
}
