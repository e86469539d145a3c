import type { SiteRow, Truth } from '../../store/truth.ts'
import type { Term } from '../term.ts'
import { compareTerms, parseTerm, termText } from '../term.ts'
import type { Above } from './contract.ts'

/** Written into a store by a restore, with a random id: each of its sites then asks others before it decides (TERM-7). */
export const restoredNote = 'restored'

type Doc = {
  readonly above: Above | null
  readonly compared?: string | undefined
  readonly met?: string | undefined
}

export const siteDoc = (above: Above | null): string => JSON.stringify({ above } satisfies Doc)

/** What a box remembers of a site beside its log: the box above, and whether a restore is behind it. */
export class SiteMemory {
  readonly #truth: Truth
  readonly #site: string
  readonly #restore: string | undefined
  #doc: Doc

  constructor(truth: Truth, row: SiteRow, notes: ReadonlyMap<string, string>) {
    this.#truth = truth
    this.#site = row.site
    this.#restore = notes.get(restoredNote)
    this.#doc = JSON.parse(row.doc) as Doc
  }

  get above(): Above | null {
    return this.#doc.above
  }

  /** The disk comes from a backup, and the site has not been compared with another box since. */
  get isRestored(): boolean {
    return this.#restore !== undefined && this.#restore !== this.#doc.compared
  }

  /** The highest term met elsewhere, as far as it mattered. */
  get met(): Term | null {
    return this.#doc.met === undefined ? null : parseTerm(this.#doc.met)
  }

  /** Another box has a higher term: this one must not decide again before it has that term's entries. */
  async meet(term: Term): Promise<void> {
    if (!this.met || compareTerms(term, this.met) > 0) await this.#save({ ...this.#doc, met: termText(term) })
  }

  async serveAbove(above: Above | null): Promise<void> {
    await this.#save({ ...this.#doc, above })
  }

  /** The site has met others, or a lead has decided: the restore is over for it. */
  async compared(): Promise<void> {
    if (this.isRestored) await this.#save({ ...this.#doc, compared: this.#restore })
  }

  async #save(doc: Doc): Promise<void> {
    await this.#truth.commit([{ do: 'site', site: this.#site, doc: JSON.stringify(doc) }])
    this.#doc = doc
  }
}
