import type { Lent } from '../../kernel/accounts/lent.ts'
import { openConfirmed, openLent } from '../../kernel/accounts/lent.ts'
import type { Vault } from '../../kernel/accounts/vault.ts'
import type { Person } from './directory.ts'
import type { ShownRow } from './shown-rows.ts'

/** An account of the organisation that can sign in at a site without the hub, and when the hub last said so. */
export type LentPerson = Person & {
  readonly lending: string
  readonly lent: Lent
  readonly confirmed: number | null
}

type Shown = {
  readonly site: string
  readonly vault: Vault | undefined
  readonly lendings: Iterable<ShownRow>
  readonly confirmed: Iterable<ShownRow>
}

/** Opens what was lent. Each is opened once, as long as it stays as it is. */
export class LentPeople {
  #opened = new Map<string, Lent | undefined>()

  /** Nobody, where the site's key is not here, or nobody who has it said so. */
  at({ site, vault, lendings, confirmed }: Shown): readonly LentPerson[] {
    const [said] = confirmed as Iterable<{ lendings: readonly string[]; sealed: string }>
    const word = said && vault && openConfirmed(vault, site, said)
    if (!vault || !word) return []
    const counting = new Set(said.lendings)
    return [...lendings].flatMap((row) => {
      const { account, lending, sealed } = row as { account: string; lending: string; sealed: string }
      const lent = counting.has(lending) ? this.#open(vault, { site, account, lending, sealed }) : undefined
      if (!lent) return []
      const { login, name, language } = lent
      return [{ site, account, lending, login, name, language, suspended: false, lent, ...word }]
    })
  }

  #open(
    vault: Vault,
    row: {
      readonly site: string
      readonly account: string
      readonly lending: string
      readonly sealed: string
    },
  ): Lent | undefined {
    const name = `${row.site} ${row.account} ${row.lending} ${row.sealed}`
    if (!this.#opened.has(name)) {
      if (this.#opened.size > mostKept) this.#opened = new Map()
      this.#opened.set(name, openLent(vault, row))
    }
    return this.#opened.get(name)
  }
}

const mostKept = 5_000
