import type { Pack } from '../pack/pack.ts'
import { fullRoles } from '../pack/roles.ts'
import type { TopicAny } from '../pack/topic.ts'
import type { Level } from './filter.ts'
import { isOverlapping, parseFilter } from './filter.ts'

/** What a device is answered on, whatever a pack declares: `reply/<device>` and what is below. */
export const replyRoot = 'reply'

export type KnownTopic = {
  readonly pack: Pack
  readonly name: string
  readonly topic: TopicAny
  readonly levels: readonly Level[]
  /** Who may send and who may read, by roles as everybody knows them. */
  readonly publish: readonly string[]
  readonly subscribe: readonly string[]
  readonly reply: readonly Level[] | undefined
  /** The action or the query behind it: who may not ask that, may not ask it by a topic. */
  readonly behind: { readonly name: string; readonly allow: readonly string[] } | undefined
}

/** Throws where a topic names what its pack does not have, or could be taken for another. */
export function knownTopics(
  pack: Pack,
  full: (key: string) => string,
  others: readonly KnownTopic[],
): readonly KnownTopic[] {
  const found = [...others]
  for (const [key, topic] of Object.entries(pack.topics ?? {})) {
    const name = full(key)
    const levels = parseFilter(topic.filter)
    expectParts(pack, name, topic)
    const [first] = levels
    if (first && 'word' in first && first.word === replyRoot)
      throw new Error(`${name}: topics below ${replyRoot}/ belong to the box`)
    const twin = found.find((other) => isOverlapping(levels, other.levels))
    if (twin) throw new Error(`${name} and ${twin.name} fit the same topics: ${topic.filter}`)
    const reply = topic.is === 'act' && topic.reply !== undefined ? parseFilter(topic.reply) : undefined
    const names = new Set(levels.flatMap((level) => ('name' in level ? [level.name] : [])))
    const strange = reply?.find((level) => 'name' in level && !names.has(level.name))
    if (strange) throw new Error(`${name}: its reply names a level that its filter does not have`)
    found.push({
      pack,
      name,
      topic,
      levels,
      reply,
      behind: behindOf(pack, full, topic),
      publish: fullRoles(pack, name, 'publish' in topic ? topic.publish : []),
      subscribe: fullRoles(pack, name, 'subscribe' in topic ? (topic.subscribe ?? []) : []),
    })
  }
  return found.slice(others.length)
}

function behindOf(pack: Pack, full: (key: string) => string, topic: TopicAny): KnownTopic['behind'] {
  const key = topic.is === 'act' ? topic.action : topic.is === 'tell' ? topic.query : undefined
  if (key === undefined) return undefined
  const { allow = [] } = (topic.is === 'act' ? pack.actions[key] : pack.queries?.[key]) ?? {}
  return { name: full(key), allow: fullRoles(pack, full(key), allow) }
}

function expectParts(pack: Pack, name: string, topic: TopicAny): void {
  const nobody = topic.is === 'tell' ? topic.subscribe.length === 0 : topic.publish.length === 0
  if (nobody || (topic.is === 'pass' && topic.subscribe.length === 0))
    throw new Error(`${name}: nobody may; name a role`)
  if (topic.is === 'act' && !pack.actions[topic.action])
    throw new Error(`${name} asks for ${topic.action}, which the pack does not have`)
  if (topic.is === 'tell' && !pack.queries?.[topic.query])
    throw new Error(`${name} tells ${topic.query}, which the pack does not have`)
  if (topic.is === 'pass' && topic.own === true && !topic.filter.split('/').includes('{device}'))
    throw new Error(`${name} is of one device, and does not name it`)
}
