import type { Ask } from '../../src/web/live/ask.ts'
import { askStoreContract } from '../../src/web/live/ask-store.contract.ts'
import { connect } from '../../src/web/live/connect.ts'
import { indexedAsks } from '../../src/web/live/indexed-asks.ts'
import type { actions } from '../../src/world/fair/actions.ts'
import type { queries } from '../../src/world/fair/queries.ts'

/** A page of the fair, as a trade would write it: the books, what was asked for, and how old it all is. */
type Fair = { readonly fair: { readonly queries: typeof queries; readonly actions: typeof actions } }

const box = await connect<Fair>({ mayWait: { 'fair.topUp': true, 'fair.payBack': true } })
const site = 'fair'

const show = (id: string, text: string, state = '') => {
  const element = document.getElementById(id)
  if (!element) return
  element.textContent = text
  element.dataset['state'] = state
}
const askText = ({ action, state }: Ask) => `${action} ${state.is}`

const books = box.query('fair.books', {}, { site })
books.subscribe(({ rows, state }) => {
  const lines = rows.map(({ account, cents }) => `${account}=${cents}`).toSorted()
  show('books', lines.join(' '), state)
})
box.asks.subscribe((asks) => show('asks', asks.map(askText).join(', ')))
setInterval(() => show('age', String(Math.round(books.now().age() ?? -1))), 100)

document.getElementById('grant')?.addEventListener('click', () => {
  void box.act('fair.topUp', { tag: 'ada', cents: 5 }, { site, key: `grant of ${location.host}` })
})
document.getElementById('more')?.addEventListener('click', () => {
  void box.act('fair.topUp', { tag: 'bob', cents: 7 }, { site })
})

/** Tries the store of this browser by its contract; the names of what is broken, with why. */
async function tryStore(): Promise<readonly string[]> {
  const broken: string[] = []
  for (const [name, run] of Object.entries(askStoreContract)) {
    const [one, two] = [await indexedAsks(`try ${name}`), await indexedAsks(`try ${name}`)]
    await run(one, two).catch((error: unknown) => broken.push(`${name}: ${String(error)}`))
    one.close()
    two.close()
  }
  return broken
}

Object.assign(globalThis, { tryStore, box })
