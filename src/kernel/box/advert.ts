import type { Frame } from '../link/frames.ts'
import { emptyHistory } from '../site/history.ts'
import { termText } from '../term.ts'
import type { SiteKey } from './site-key.ts'
import type { SitePeer, SiteParts } from './site-parts.ts'

/** What this box says of a site: what it has, how it reaches the keeper, and what it lacks (LINK-4, LINK-5). */
export class Advert {
  readonly #parts: SiteParts
  readonly #key: SiteKey
  readonly #route: () => readonly string[] | null
  readonly #top: () => number
  #said = ''

  constructor(
    parts: SiteParts,
    key: SiteKey,
    way: { readonly route: () => readonly string[] | null; readonly top: () => number },
  ) {
    this.#parts = parts
    this.#key = key
    this.#route = way.route
    this.#top = way.top
  }

  sendTo(peer: SitePeer): void {
    const { log, site } = this.#parts
    const told = peer.standing === 'whole' || peer.standing === 'left'
    const { n, chain, terms } = told ? log.history : emptyHistory
    const route = this.#route()
    const frame: Frame<'site'> = {
      t: 'site',
      site,
      n,
      chain,
      terms: terms.map((each) => [each.n, termText(each.term), each.chain]),
      top: this.#top(),
      route: route && [...route],
      you: peer.standing === 'left' ? 'guest' : peer.standing,
      lacksKey: this.#key.wanted,
    }
    peer.link.send(frame)
  }

  /** Tells all. `if changed`: only when the terms or the way to the keeper are not as last said. */
  tell(when: 'if changed' | 'at once'): void {
    const { terms } = this.#parts.log.history
    const saying = JSON.stringify([terms.length, terms.at(-1), this.#route()])
    if (saying === this.#said && when === 'if changed') return
    this.#said = saying
    for (const peer of this.#parts.peers.values()) this.sendTo(peer)
  }
}
