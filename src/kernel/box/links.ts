import type { Frame, SiteFrame } from '../link/frames.ts'
import type { Identity } from '../link/identity.ts'
import { Link } from '../link/link.ts'
import type { Peer } from '../link/link.ts'
import type { Machine } from '../machine.ts'
import type { Channel, ChannelEvents, Dial } from '../network.ts'
import type { Above } from './contract.ts'
import { Dialler } from './dialler.ts'
import type { Standing } from './site-parts.ts'
import type { Site } from './site.ts'

type Parts = {
  readonly identity: Identity
  readonly machine: Machine
  readonly process: string
  readonly dial: Dial
  readonly accepts: (peer: Peer) => boolean
  readonly sites: ReadonlyMap<string, Site>
  readonly samples?: ((from: string, frame: Frame<'samples'>) => void) | undefined
  readonly changed: () => void
}

/** All links of this box, and which site has which of them. One link to each other box. */
export class Links {
  readonly #parts: Parts
  readonly #up = new Set<Link>()
  readonly #joined = new Map<Link, Map<string, Standing>>()
  readonly #diallers = new Map<string, Dialler>()
  readonly #members = new Map<Site, object>()
  #stopped = false

  constructor(parts: Parts) {
    this.#parts = parts
  }

  get up(): readonly Link[] {
    return [...this.#up]
  }

  /** A channel that somebody opened. */
  accept(channel: Channel): ChannelEvents {
    if (this.#stopped) {
      channel.close('this box is stopping')
      return { message: () => {}, closed: () => {} }
    }
    return this.#link(channel).channelEvents
  }

  /** Sites, their boxes above, or who takes part in them have changed. */
  refresh(): void {
    if (this.#stopped) return
    this.#dialAbove()
    const moved = this.#movedSites()
    for (const link of this.#up) {
      const known = this.#joined.get(link)
      const joined = known ?? new Map<string, Standing>()
      for (const [name, site] of known ? moved : this.#parts.sites) {
        if (!site.isOpen) continue
        if (!link.peer) continue
        const standing = site.members.standingOf(link.peer)
        const isGuest = standing === 'guest' || standing === 'left'
        // A guest learns of no site that it does not name itself.
        if (joined.get(name) === standing || (isGuest && !joined.has(name))) continue
        joined.set(name, standing)
        site.join(link)
      }
      this.#joined.set(link, joined)
    }
  }

  /** Sites that see their boxes in another way than at the last look: of a hub's many, few. */
  #movedSites(): readonly (readonly [string, Site])[] {
    const moved = [...this.#parts.sites].filter(
      ([, site]) => site.isOpen && this.#members.get(site) !== site.members.now,
    )
    for (const [, site] of moved) this.#members.set(site, site.members.now)
    return moved
  }

  /** To the boxes above, as far as there is room. Tells to how many. */
  sendSamples(frame: Frame<'samples'>, except: string | undefined): number {
    const isAbove = (box: string) => [...this.#diallers.values()].some(({ above }) => above.box === box)
    return [...this.#up].filter((link) => {
      const box = link.peer?.box ?? ''
      return box !== except && isAbove(box) && link.sendSamples(frame)
    }).length
  }

  stop(): void {
    this.#stopped = true
    for (const dialler of this.#diallers.values()) dialler.stop()
    for (const link of this.#up) link.close('this box is stopping')
  }

  #dialAbove(): void {
    const wanted = new Map<string, Above>()
    for (const { above } of this.#parts.sites.values())
      if (above) wanted.set(`${above.box} ${above.address}`, above)
    for (const [key, dialler] of this.#diallers) {
      if (wanted.has(key)) continue
      dialler.stop()
      this.#diallers.delete(key)
    }
    for (const [key, above] of wanted) {
      if (this.#diallers.has(key)) continue
      const { dial, machine } = this.#parts
      const isLinked = () => [...this.#up].some(({ peer }) => peer?.box === above.box)
      const make = (channel: Channel) => this.#link(channel, above)
      this.#diallers.set(key, new Dialler({ above, dial, machine, isLinked, makeLink: make }))
    }
  }

  /** `above`: who was dialled, and nobody else may answer. */
  #link(channel: Channel, above?: Above): Link {
    const { identity, machine, process } = this.#parts
    const accepts = (peer: Peer) =>
      above ? peer.box === above.box && peer.publicKey === above.publicKey : this.#parts.accepts(peer)
    const events = {
      established: (link: Link) => this.#established(link),
      frame: (link: Link, frame: SiteFrame, lines: readonly string[], done: () => void) =>
        void this.#frame(link, frame, lines).finally(done),
      samples: (link: Link, frame: Frame<'samples'>) => this.#parts.samples?.(link.peer?.box ?? '', frame),
      drained: (link: Link) => this.#sitesOf(link).forEach((site) => site.drained(link)),
      closed: (link: Link, why: string) => this.#closed(link, why),
    }
    return new Link({ identity, machine, process, accepts, events }, channel, above !== undefined)
  }

  /**
   * A newer connection stands for the older, which is dead or about to be. But where two boxes have
   * dialled each other, both keep the one that the lower box dialled, or they would never agree (LINK-14).
   */
  #established(link: Link): void {
    const box = link.peer?.box ?? ''
    const other = [...this.#up].find(({ peer }) => peer?.box === box)
    if (other && this.#keeps(other, link)) return link.close('another link of the same box')
    other?.close('a newer link of the same box')
    this.#up.add(link)
    for (const dialler of this.#diallers.values()) if (dialler.above.box === box) dialler.established()
    this.#parts.machine.log('info', `linked with box ${box}`)
    this.refresh()
    this.#parts.changed()
  }

  #keeps(older: Link, newer: Link): boolean {
    const { peer } = newer
    if (!peer || older.dialled === newer.dialled || older.peer?.process !== peer.process) return false
    const lower = this.#parts.identity.box < peer.box
    return older.dialled === lower
  }

  async #frame(link: Link, frame: SiteFrame, lines: readonly string[]): Promise<void> {
    const site = this.#parts.sites.get(frame.site)
    const joined = this.#joined.get(link)
    if (!site?.isOpen || !joined || !link.peer) return
    if (!joined.has(frame.site)) {
      if (frame.t !== 'site') return
      joined.set(frame.site, site.members.standingOf(link.peer))
      site.join(link)
    }
    try {
      await site.receive(link, frame, lines)
    } catch (error) {
      link.close(`${frame.t}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  #closed(link: Link, why: string): void {
    if (!this.#up.delete(link)) {
      this.#parts.machine.log('warn', `no link: ${why}`)
      return
    }
    this.#parts.machine.log('info', `link with box ${link.peer?.box} closed: ${why}`)
    for (const site of this.#sitesOf(link)) site.leave(link)
    this.#joined.delete(link)
    for (const dialler of this.#diallers.values()) if (dialler.above.box === link.peer?.box) dialler.lost()
    this.#parts.changed()
  }

  #sitesOf(link: Link): readonly Site[] {
    return [...(this.#joined.get(link)?.keys() ?? [])].flatMap((name) => this.#parts.sites.get(name) ?? [])
  }
}
