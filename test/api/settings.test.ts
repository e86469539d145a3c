import { describe, expect, test } from 'vitest'
import { Boxes } from '../kernel/boxes.ts'
import { ApiServer } from './api-server.ts'

const ofHub = { fair: { language: 'fr' } }
const ofSite = { fair: { volume: 30 } }
const target = 'site:fair'

async function fleet(boxes: Boxes): Promise<ApiServer> {
  const api = await ApiServer.keeping(boxes, 'fleet', 'fair')
  api.let('mia', { fleet: ['manager'], fair: ['manager'] })
  api.let('max', { fair: ['manager'] })
  api.let('ada', { fair: ['lead'] })
  api.let('leo', { fleet: ['lead'], fair: ['lead'] })
  api.let('una', { fleet: ['lead'] })
  return api
}

const save = async (api: ApiServer, who: string, site: string, patch: object, more: object = {}) => {
  const input = { target, base: null, patch, comment: '', ...more }
  const { status, body } = await api.post(`/api/fleet/setting.save?site=${site}`, input, who)
  return status === 200 ? 'saved' : `${status} ${String(body['code'])}`
}
const force = { force: { reason: 'it must be', site: 'fair' } }

describe('SET-14 who may save what', () => {
  test('SET-14 what the hub owns is saved by a manager at the hub, and by no lead anywhere', async () => {
    await using boxes = new Boxes()
    await using api = await fleet(boxes)
    expect(await save(api, 'mia', 'fleet', ofHub)).toBe('saved')
    expect(await save(api, 'leo', 'fleet', ofHub)).toBe('403 owned_elsewhere')
    expect(await save(api, 'leo', 'fair', ofHub, force)).toBe('403 owned_elsewhere')
    expect(await save(api, 'ada', 'fair', ofHub)).toBe('403 owned_elsewhere')
    expect(await save(api, 'ada', 'fair', { fair: { volume: 1, sign: { brand: 'x' } } }, force)).toBe(
      '403 owned_elsewhere',
    )
    // Who is manager of one site only is none of the hub.
    expect(await save(api, 'max', 'fair', ofHub, force)).toBe('403 owned_elsewhere')
    expect(await save(api, 'mia', 'fair', ofHub, force)).toBe('saved')
    // May, and must force it: that is said where it is decided.
    expect(await save(api, 'mia', 'fair', ofHub)).toBe('423 not-owner')
  })

  test('SET-14 what a site owns is saved by its leads, and forced from the hub by them only', async () => {
    await using boxes = new Boxes()
    await using api = await fleet(boxes)
    expect(await save(api, 'ada', 'fair', ofSite)).toBe('saved')
    expect(await save(api, 'leo', 'fleet', ofSite, force)).toBe('saved')
    expect(await save(api, 'una', 'fleet', ofSite, force)).toBe('403 owned_elsewhere')
    expect(await save(api, 'mia', 'fleet', ofSite, force)).toBe('saved')
    for (const patch of [
      {},
      { fair: null },
      { fair: { sign: 'x' } },
      { constructor: {} },
      { no: { such: 1 } },
    ])
      expect(await save(api, 'ada', 'fair', patch)).toMatch(/^(?:saved|422 .*|400 .*)$/)
  })

  test('SET-14 who may not hears whose it is, and who may', async () => {
    await using boxes = new Boxes()
    await using api = await fleet(boxes)
    const input = { target, base: null, patch: { fair: { sign: { brand: 'x' } } }, comment: '' }
    const french = { 'accept-language': 'fr' }
    expect((await api.post('/api/fleet/setting.save?site=fair', input, 'ada', french)).body).toMatchObject({
      status: 403,
      field: 'fair.sign.brand',
      allow: ['manager'],
      title: 'fair.sign.brand appartient à : le hub, et vous n’avez pas le droit de le modifier là-bas.',
      doThis: 'Demandez à quelqu’un qui en a le droit : gestionnaire.',
    })
  })

  test('SET-14 an old version comes back by managers at the hub, and by leads at their site', async () => {
    await using boxes = new Boxes()
    await using api = await fleet(boxes)
    expect(await save(api, 'mia', 'fleet', ofHub)).toBe('saved')
    expect(await save(api, 'ada', 'fair', ofSite)).toBe('saved')
    const restore = async (who: string, site: string) =>
      (await api.post(`/api/fleet/setting.restore?site=${site}`, { target, version: 0, comment: '' }, who))
        .status
    expect(await restore('leo', 'fleet')).toBe(403)
    expect(await restore('mia', 'fleet')).toBe(200)
    expect(await restore('ada', 'fair')).toBe(200)
    const override = { target, patch: ofHub, reason: 'the speakers are wrong' }
    expect((await api.post('/api/fleet/setting.override?site=fair', override, 'ada')).status).toBe(200)
  })
})
