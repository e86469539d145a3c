import { expect, test } from 'vitest'
import type { Document } from '../../src/kernel/settings/document.ts'
import { canonicalDocument } from '../../src/kernel/settings/document.ts'
import type { SettingHandler, SettingsPort } from '../../src/kernel/settings/handler.ts'
import type { TestBox } from './boxes.ts'
import { Boxes, until } from './boxes.ts'

/** A device that is set, with a memory that outlives its box. */
function device() {
  const state = { has: {} as Document, ill: false }
  const handler: SettingHandler = {
    check: async (document) => (document['volume'] === 13 ? 'no volume 13' : null),
    apply: async (document) => void (state.has = document),
    health: async () => null,
    read: async () => state.has,
  }
  const port: SettingsPort = {
    scope: () => ({ groups: [], post: 'door' }),
    handlers: (site) => new Map(site === 'fair' ? [['fair', handler]] : []),
  }
  return { state, port }
}

let keys = 0
const save = (target: string, patch: Document, more: object = {}) => ({
  action: 'setting.save',
  key: `save ${(keys += 1)}`,
  who: 'ada',
  input: { target, base: null, patch: { fair: patch }, comment: '', ...more },
})

/** The hub keeps `fleet`, another box keeps `fair`; a third follows both. */
async function fleet(boxes: Boxes) {
  const [hub, keeper, door] = ['hub', 'keeper', 'door'].map((name) => boxes.make(name)) as [
    TestBox,
    TestBox,
    TestBox,
  ]
  const [first, second] = [device(), device()]
  keeper.settings = first.port
  door.settings = second.port
  for (const box of [hub, keeper, door]) await box.start()
  await hub.box.found('fleet')
  await keeper.box.found('fair')
  await until(() => hub.site('fleet').role === 'keeping' && keeper.site().role === 'keeping')
  for (const box of [keeper, door]) await hub.box.assign('fleet', box.member)
  for (const box of [hub, door]) await keeper.box.assign('fair', box.member)
  for (const box of [keeper, door]) await box.box.serve('fleet', hub.above)
  await keeper.box.serve('fair', hub.above)
  await hub.box.serve('fair', null)
  await door.box.serve('fair', keeper.above)
  await until(() => [hub, door].every((box) => box.site().n === keeper.site().n))
  await until(() => [keeper, door].every((box) => box.site('fleet').n === hub.site('fleet').n))
  return { hub, keeper, door, devices: [first.state, second.state] }
}

const answers = (box: TestBox) =>
  box.views
    .get('fair')
    ?.prepare('SELECT target, box, side, version, since, outcome, reason FROM kernel_settingAnswers')
    .all() ?? []
const both = (document: Document, ...devices: readonly { readonly has: Document }[]) =>
  devices.every(({ has }) => JSON.stringify(has) === JSON.stringify(document))

test('SET-5 SET-10 what the hub and the site have saved is one document on every box, and each box answers', async () => {
  await using boxes = new Boxes()
  const { hub, keeper, door, devices } = await fleet(boxes)
  await hub.box.act('fleet', save('organisation', { language: 'fr' }))
  await keeper.box.act('fair', save('site:fair', { volume: 3 }))
  await keeper.box.act('fair', save('post:door', { volume: 4 }))
  await until(() => both({ language: 'fr', volume: 4 }, ...devices))
  await until(() => answers(hub).length >= 6, 15_000)
  const said = answers(hub).filter(({ box }) => box === door.identity.box)
  expect(said.map(({ target, side, version, outcome }) => [target, side, version, outcome])).toEqual([
    ['organisation', 'hub', 1, 'applied'],
    ['post:door', 'site', 1, 'applied'],
    ['site:fair', 'site', 1, 'applied'],
  ])
  expect(await keeper.box.act('fair', save('site:fair', { volume: 13 }))).toMatchObject({ is: 'answered' })
  await keeper.box.act('fair', save('post:door', { volume: null }))
  await until(() => answers(hub).filter(({ outcome }) => outcome === 'refused').length >= 2, 15_000)
  expect(both({ language: 'fr', volume: 4 }, ...devices)).toBe(true)
})

test('SET-5 edits on both sides of a cut both survive, and a save from afar waits for its keeper', async () => {
  await using boxes = new Boxes()
  const { hub, keeper, door, devices } = await fleet(boxes)
  await hub.stop()
  await until(() => keeper.box.status().links.every(({ box }) => box !== hub.identity.box))
  await keeper.box.act('fair', save('site:fair', { volume: 3 }))
  await door.box.act('fair', save('site:fair', { stalls: [{ id: 'a', name: 'Crêpes' }] }))
  const forced = save('site:fair', { language: 'en' }, { force: { reason: 'nobody is at the hub' } })
  expect(await door.box.act('fair', forced)).toMatchObject({ is: 'answered' })
  await keeper.stop()
  await until(() => door.box.status().links.length === 0)
  expect(await door.box.act('fair', save('site:fair', { sign: { greeting: 'Salut' } }))).toMatchObject({
    is: 'waiting',
  })
  await hub.start()
  await until(() => hub.site('fleet').role === 'keeping', 15_000)
  await until(
    async () =>
      (await hub.box.act('fleet', save('site:fair', { sign: { brand: 'Regie' } }))).is === 'answered',
  )
  await keeper.start()
  const document = {
    language: 'en',
    volume: 3,
    stalls: [{ id: 'a', name: 'Crêpes' }],
    sign: { brand: 'Regie', greeting: 'Salut' },
  }
  const there = ({ has }: { readonly has: Document }) =>
    canonicalDocument(has) === canonicalDocument(document)
  await until(() => devices.every(there), 40_000)
})

test('SET-8 SET-9 an override counts for its time, then what was saved returns', async () => {
  await using boxes = new Boxes()
  const { keeper, devices } = await fleet(boxes)
  await keeper.box.act('fair', save('site:fair', { volume: 3 }))
  const input = {
    target: 'site:fair',
    patch: { fair: { volume: 9, language: 'en' } },
    forMs: 3_000,
    reason: 'r',
  }
  const ask = { action: 'setting.override', key: 'o', who: 'lead', input }
  expect(await keeper.box.act('fair', ask)).toMatchObject({ is: 'answered', answer: { version: 2 } })
  await until(() => both({ volume: 9, language: 'en' }, ...devices))
  await until(() => both({ volume: 3 }, ...devices), 15_000)
})
