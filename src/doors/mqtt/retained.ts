import { z } from 'zod'
import { isWithin } from './topic-names.ts'
import type { Mail, MailWrite } from '../../store/mailbox.ts'
import type { Carried } from './carried.ts'
import { carriedOf, docOf, isOver, sizeOf } from './carried.ts'
import { readDoc } from './read-doc.ts'

export type Kept = { readonly carried: Carried; readonly qos: 0 | 1 }

const keptDoc = z.object({ qos: z.literal([0, 1]), message: z.string() })

type Most = { readonly retained: number; readonly retainedBytes: number }

/** The last message of each topic that keeps one, for who comes later. */
export class Retained {
  readonly #most: Most
  readonly #sites = new Map<string, Map<string, Kept>>()
  #count = 0
  #bytes = 0

  constructor(most: Most) {
    this.#most = most
  }

  get count(): number {
    return this.#count
  }

  load(mail: Mail, now: number, unfit: (site: string, topic: string) => void): void {
    for (const { site, topic, doc, payload } of mail.retained) {
      const read = readDoc(keptDoc, doc)
      const carried = read && carriedOf(read.message, payload, now)
      if (carried) this.#put(site, topic, { carried, qos: read.qos })
      else unfit(site, topic)
    }
  }

  /** Whether there is room for this one. */
  fits(site: string, carried: Carried): boolean {
    const older = this.#sites.get(site)?.get(carried.topic)
    if (carried.payload.length === 0) return true
    const more = sizeOf(carried) - (older ? sizeOf(older.carried) : 0)
    const isNew = older === undefined
    return (!isNew || this.#count < this.#most.retained) && this.#bytes + more <= this.#most.retainedBytes
  }

  /** What is to be written for it. */
  write(site: string, { carried, qos }: Kept, now: number): MailWrite {
    const { topic, payload } = carried
    if (payload.length === 0) return { do: 'forget', site, topic }
    return {
      do: 'retain',
      site,
      topic,
      doc: JSON.stringify({ qos, message: docOf(carried, now) }),
      payload,
    }
  }

  owed(now: number): readonly MailWrite[] {
    return [...this.#sites].flatMap(([site, all]) =>
      [...all.values()].map((kept) => this.write(site, kept, now)),
    )
  }

  /** Who subscribes from now on gets this one. Returns how to take it back, should it not reach the disk. */
  keep(site: string, kept: Kept): () => void {
    const { topic, payload } = kept.carried
    const older = this.#sites.get(site)?.get(topic)
    this.#remove(site, topic)
    if (payload.length > 0) this.#put(site, topic, kept)
    return () => {
      const now = this.#sites.get(site)?.get(topic)
      if (now !== (payload.length > 0 ? kept : undefined)) return
      this.#remove(site, topic)
      if (older) this.#put(site, topic, older)
    }
  }

  by(site: string, filter: string, now: number): readonly Kept[] {
    const parts = filter.split('/')
    return [...(this.#sites.get(site) ?? [])].flatMap(([topic, kept]) =>
      isWithin(parts, topic.split('/')) && !isOver(kept.carried, now) ? [kept] : [],
    )
  }

  #put(site: string, topic: string, kept: Kept): void {
    const all = this.#sites.get(site) ?? new Map<string, Kept>()
    this.#sites.set(site, all)
    all.set(topic, kept)
    this.#count += 1
    this.#bytes += sizeOf(kept.carried)
  }

  #remove(site: string, topic: string): void {
    const all = this.#sites.get(site)
    const older = all?.get(topic)
    if (!older) return
    all?.delete(topic)
    this.#count -= 1
    this.#bytes -= sizeOf(older.carried)
  }
}
