import { boundTo, openConfirmed, openLent } from '../kernel/accounts/lent.ts'
import { fleet } from './editor.ts'
import { type FactOn, factsOn } from './facts-on.ts'
import { isAtRest } from './image.ts'
import type { Dice } from './random.ts'
import { everythingOn } from './registrar.ts'
import { type SitePlan, wholeOf } from './site-plan.ts'
import { Violation } from './violation.ts'
import type { World } from './world.ts'
import type { WorldBox } from './world-box.ts'

const accounts = ['anna', 'boris', 'chloe', 'dario']
/** With all well, so soon is out who was suspended. */
const outWithinMs = 60_000

type Lending = { readonly account: string; readonly lending: string; readonly sealed: string }
type Person = {
  name: string | undefined
  proof: string | undefined
  suspended: boolean
  readonly roles: Set<string>
}

/** The office, where accounts are looked after, and people who try to sign in on the spot. */
export class Organisation {
  readonly #world: World
  readonly #plan: SitePlan
  readonly #dice: Dice
  /** What the office has sealed, and what it was. */
  readonly #sealed = new Map<string, string>()
  readonly #names = new Set<string>()
  readonly #outSince = new Map<string, number>()
  #count = 0
  #tries = 0

  constructor(world: World, plan: SitePlan) {
    this.#world = world
    this.#plan = plan
    this.#dice = world.dice.fork('organisation')
  }

  /** Lives until the world is quiet. */
  live(meanMs: number): void {
    this.#world.time.after(this.#dice.wait(meanMs), () => {
      if (!this.#world.busy) return
      void this.#decide()
      this.#world.check(() => this.#try())
      this.live(meanMs)
    })
  }

  /** All is quiet: each box on the spot lets in whom the organisation's log says, and nobody's name can be read there. */
  async comeToRest(): Promise<void> {
    let why = ''
    const rests = () => {
      const all = this.#spot.flatMap((box) => [this.#differs(box), this.#erasedAt(box)])
      why = all.find((text) => text !== '') ?? ''
      return why === ''
    }
    if (!(await this.#world.until(rests, outWithinMs, 2_000))) return this.#world.broken('LENT', why)
    const [first = this.#office] = this.#spot
    const lent = factsOn(first.card, this.#plan.site).filter(({ kind }) => kind === 'lendings.confirmed')
    this.#world.trace.note(`people tried to sign in ${this.#tries} times, the hub lent ${lent.length} times`)
    this.#world.check(() => this.#checkUnreadable())
  }

  get #office(): WorldBox {
    return this.#world.box(this.#world.sites.get(fleet)?.keeper ?? '')
  }

  /** Boxes that have the site's log and not the organisation's. */
  get #spot(): readonly WorldBox[] {
    const all = wholeOf(this.#plan).map((id) => this.#world.box(id))
    return all.filter((box) => box !== this.#office && !box.isDestroyed)
  }

  async #decide(): Promise<void> {
    const { box, card } = this.#office
    if (!box) return
    const account = this.#dice.pick(accounts)
    const act = (action: string, input: unknown) =>
      box.act(fleet, { action, key: `office ${(this.#count += 1)}`, who: 'office', input })
    const what = { save: 4, prove: 4, grant: 4, remove: 1, suspend: 2, resume: 3, signOut: 1, erase: 0.5 }
    const chosen = this.#dice.weighted(what)
    const role = { account, role: this.#dice.pick(['lead', 'viewer']), site: this.#plan.site }
    const everywhere = this.#dice.chance(0.3) ? { ...role, site: null } : role
    const text = `${account}-${(this.#count += 1)}`
    const answer = await {
      save: () => {
        this.#names.add(`name-${text}`)
        return act('account.save', { account, login: text, name: `name-${text}`, language: 'fr' })
      },
      prove: () => {
        const bound = boundTo({ site: fleet, account }, 'password')
        const sealed = box.vault(fleet)?.seal(`secret-${text}`, bound) ?? ''
        this.#sealed.set(sealed, `secret-${text}`)
        return act('account.prove', { account, proof: 'password', sealed, until: null })
      },
      grant: () => act('role.grant', everywhere),
      remove: () => act('role.remove', everywhere),
      suspend: () => act('account.suspend', { account, suspended: true }),
      resume: () => act('account.suspend', { account, suspended: false }),
      signOut: () => act('session.end', { account, session: null }),
      erase: () => {
        const saved = factsOn(card, fleet).filter(
          (fact) => fact.kind === 'account.saved' && fact.body['account'] === account,
        )
        return act('facts.erase', { places: saved.map(({ n, i }) => ({ n, i })) })
      },
    }[chosen]()
    this.#world.trace.note(`office: ${chosen} ${account}: ${answer.is}`)
  }

  /** Somebody tries at some box on the spot. Who is suspended is not let in, once there was time to hear of it. */
  #try(): void {
    const { time } = this.#world
    const people = peopleOf(factsOn(this.#office.card, fleet))
    for (const account of accounts) {
      if (people.get(account)?.suspended !== true) this.#outSince.delete(account)
      else if (!this.#outSince.has(account)) this.#outSince.set(account, time.now)
    }
    const box = this.#dice.pick(this.#spot)
    const lets = this.#lets(box)
    if (!lets) return
    this.#tries += 1
    for (const [account, since] of this.#outSince) {
      if (!lets.has(account) || time.now - since < outWithinMs) continue
      const from = Math.max(since, time.now - outWithinMs)
      if (this.#plan.members.some((id) => this.#world.hadTrouble(id, from, time.now))) continue
      throw new Violation(
        'LENT',
        `${account} was suspended ${time.now - since} ms ago and is let in at ${box.name}`,
      )
    }
  }

  /** Whom the box would let in by what was lent, with what password, as what; undefined while nobody can say. */
  #lets(box: WorldBox): ReadonlyMap<string, string> | undefined {
    const { site } = this.#plan
    const vault = box.box?.vault(site)
    const views = box.card.views(site)
    if (!vault || !isAtRest(views)) return undefined
    const [said] = views.prepare('SELECT lendings, sealed FROM kernel_confirmed').all()
    const lendings = said ? (JSON.parse(String(said['lendings'])) as readonly string[]) : []
    if (!said || !openConfirmed(vault, site, { lendings, sealed: String(said['sealed']) })) return new Map()
    const rows = views.prepare('SELECT account, lending, sealed FROM kernel_lendings').all()
    const lets = new Map<string, string>()
    for (const { account, lending, sealed } of rows) {
      const row = { account: String(account), lending: String(lending), sealed: String(sealed) }
      const lent = lendings.includes(row.lending) ? openLent(vault, { site, ...row }) : undefined
      if (lent) lets.set(row.account, `${lent.name} ${lent.verifier} ${lent.roles.join(',')}`)
    }
    return lets
  }

  /** Whom the organisation's log lets in at the site. */
  #wanted(): ReadonlyMap<string, string> {
    const wanted = new Map<string, string>()
    for (const [account, { name, proof, suspended, roles }] of peopleOf(factsOn(this.#office.card, fleet))) {
      const here = ['lead', 'viewer'].filter((role) =>
        [`${role} `, `${role} ${this.#plan.site}`].some((each) => roles.has(each)),
      )
      const verifier = proof === undefined ? undefined : this.#sealed.get(proof)
      if (suspended || name === undefined || verifier === undefined || here.length === 0) continue
      wanted.set(account, `${name} ${verifier} ${here.join(',')}`)
    }
    return wanted
  }

  #differs(box: WorldBox): string {
    const lets = this.#lets(box)
    if (!lets) return `${box.name}: nobody can say whom it lets in`
    const wanted = this.#wanted()
    const account = [...new Set([...lets.keys(), ...wanted.keys()])].find(
      (each) => lets.get(each) !== wanted.get(each),
    )
    if (account === undefined) return ''
    return `${box.name} has for ${account}: ${lets.get(account)}, and should have ${wanted.get(account)}`
  }

  /** A name that was erased stands under no seal either. */
  #erasedAt(box: WorldBox): string {
    const { site } = this.#plan
    const vault = box.box?.vault(site)
    if (!vault) return `${box.name} has no key of ${site}`
    const still = new Set(factsOn(this.#office.card, fleet).map(({ body }) => body['name']))
    const names = factsOn(box.card, site)
      .filter(({ kind }) => kind === 'account.lent')
      .map(({ body }) => openLent(vault, { site, ...(body as Lending) })?.name)
    const gone = names.find((name) => name !== undefined && !still.has(name))
    return gone === undefined ? '' : `${gone} was erased, and is lent on card ${box.card.name}`
  }

  /** Names and passwords stand on no card on the spot. */
  #checkUnreadable(): void {
    const secrets = [...this.#names, ...this.#sealed.values()]
    for (const { card } of this.#spot) {
      const text = everythingOn(card)
      const seen = secrets.find((secret) => text.includes(secret))
      if (seen !== undefined) throw new Violation('LENT', `${seen} can be read on card ${card.name}`)
    }
  }
}

/** What the organisation's log says of its people, counted from its text. */
function peopleOf(facts: readonly FactOn[]): ReadonlyMap<string, Person> {
  const people = new Map<string, Person>()
  for (const { kind, body } of facts) {
    const account = String(body['account'])
    const person = people.get(account)
    const role = `${String(body['role'])} ${typeof body['site'] === 'string' ? body['site'] : ''}`
    if (kind === 'account.made') {
      const before = person ?? { proof: undefined, suspended: false, roles: new Set<string>() }
      people.set(account, { ...before, name: undefined })
    } else if (person && kind === 'account.saved') person.name = String(body['name'])
    else if (person && kind === 'account.unproved') person.proof = undefined
    else if (person && kind === 'account.proof') person.proof = String(body['sealed'])
    else if (person && kind === 'account.suspended') person.suspended = body['suspended'] === true
    else if (kind === 'role.granted') person?.roles.add(role)
    else if (kind === 'role.removed') person?.roles.delete(role)
  }
  return people
}
