// What was done and refused, as those in charge read it at a real box over HTTP.
import { expect, test } from 'vitest'
import type { AuditRow } from '../../src/doors/accounts/audit.ts'
import type { Browser } from './console-box.ts'
import { aSetup, ConsoleBox, password, site, until } from './console-box.ts'

type Page = { rows: AuditRow[]; next: number | null; looked: number; head: number; site: string }
const page = async (browser: Browser, path: string): Promise<Page> =>
  (await browser.get(path)).body as unknown as Page

async function withLead(box: ConsoleBox) {
  const marie = await box.withOwner()
  await box.by('account add', { ...aSetup, login: 'jo', name: 'Jo Martin', role: 'lead', site, password })
  return { marie, jo: await box.signedIn('jo', password) }
}

test('AUDIT-1 the newest first: who did what, with what was before, and no secrets', async () => {
  await using box = new ConsoleBox()
  const { marie } = await withLead(box)
  const about = { zone: 'Europe/Paris', exercise: false }
  const key = { 'idempotency-key': 'name-1' }
  await marie.ask('POST', `site.save?site=${site}`, { ...about, name: 'Trail des Crêtes' }, key)
  const { rows, head, next } = await page(marie, `audit?site=${site}`)
  const { account } = (await marie.get('session')).body
  expect(next).toBeNull()
  const [done] = rows.filter(({ what }) => what === 'site.save')
  expect(done).toMatchObject({
    is: 'done',
    who: account,
    name: 'Marie Dupont',
    about: 'What a site is called and where it is. Of the organisation’s own site: the organisation.',
    words: 'name Trail des Crêtes, zone Europe/Paris, exercise false',
    key: 'name-1',
    facts: [{ kind: 'site.saved', erased: false, before: { ...about, name: 'Trail 2026' } }],
  })
  expect(done?.n).toBeLessThanOrEqual(head)
  expect(Date.parse(done?.at.time ?? '')).toBeGreaterThan(Date.now() - 60_000)
  expect(rows.map(({ n }) => n)).toEqual(rows.map(({ n }) => n).toSorted((a, b) => b - a))
  expect(rows.findLast(({ what }) => what === 'site.save')).toMatchObject({
    who: 'console',
    name: null,
    facts: [{ before: null }],
  })
  const fleet = await marie.get('audit?site=fleet')
  expect(fleet.text).toContain('account.prove')
  expect(fleet.text).not.toContain('sealed":"A')
  for (const { facts } of (fleet.body as unknown as Page).rows)
    for (const { fields } of facts) expect([undefined, null, '…']).toContain(fields?.['sealed'])
})

test('AUDIT-2 who came in and who was refused stand in between, with their address', async () => {
  await using box = new ConsoleBox()
  const { marie, jo } = await withLead(box)
  expect((await jo.ask('POST', `facts.erase?site=${site}`, { places: [] })).status).toBe(403)
  await box.browser().signIn('jo', 'a guess that is wrong')
  await until(async () => {
    const { rows } = await page(marie, `audit?site=${site}&is=refused`)
    return rows.some(
      ({ what, why, name }) => what.includes('facts.erase') && why !== null && name === 'Jo Martin',
    )
  })
  await until(async () => {
    const { rows } = await page(marie, 'audit?site=fleet&what=login')
    return rows.some(({ is, why, address }) => is === 'refused' && why === 'wrong' && address === '127.0.0.1')
  })
  const { rows } = await page(marie, 'audit?site=fleet&is=signed&who=jo')
  expect(rows.length).toBeGreaterThan(0)
  for (const { what, name, words } of rows)
    expect({ what, name, words }).toEqual({ what: 'session.opened', name: 'Jo Martin', words: 'password' })
})

test('AUDIT-3 a lead reads his own site and no other, and who is less reads none', async () => {
  await using box = new ConsoleBox()
  const { jo } = await withLead(box)
  await box.by('account add', { ...aSetup, login: 'vic', name: 'Vic', role: 'viewer', site, password })
  await box.by('account add', { ...aSetup, login: 'max', name: 'Max', role: 'manager', site: null, password })
  const [vic, max] = [await box.signedIn('vic', password), await box.signedIn('max', password)]
  expect((await jo.get('audit')).body).toMatchObject({ site })
  expect((await jo.get('audit?site=fleet')).status).toBe(404)
  expect((await jo.get('audit.csv?site=fleet')).status).toBe(404)
  expect((await vic.get(`audit?site=${site}`)).body).toMatchObject({ code: 'not_allowed', allow: ['lead'] })
  expect((await max.get('audit?site=fleet')).status).toBe(200)
  expect((await max.get('audit')).body).toMatchObject({ code: 'site_needed', field: 'site' })
  expect((await box.browser().get(`audit?site=${site}`)).status).toBe(401)
})

test('AUDIT-4 pages and filters show every row once, however far apart they are', async () => {
  await using box = new ConsoleBox()
  const { marie } = await withLead(box)
  const about = { zone: 'Europe/Paris', exercise: false }
  for (let i = 0; i < 12; i += 1)
    await marie.ask('POST', `site.save?site=${site}`, { ...about, name: `T${i}` })
  const whole = (await page(marie, `audit?site=${site}&limit=500`)).rows.map(({ n }) => n)
  const parts: number[] = []
  for (let after: number | null = 100_000; after !== null;) {
    const { rows, next }: Page = await page(marie, `audit?site=${site}&limit=5&after=${after}`)
    parts.push(...rows.map(({ n }) => n))
    after = next
  }
  expect(parts).toEqual(whole)
  const mine = await page(marie, `audit?site=${site}&who=marie&what=site.save`)
  expect(mine.rows).toHaveLength(12)
  const byName = await page(marie, `audit?site=${site}&who=Dupont&what=site.save`)
  expect(byName.rows).toEqual(mine.rows)
  expect((await page(marie, `audit?site=${site}&who=nobody-of-that-name`)).rows).toEqual([])
  const old = await page(marie, `audit?site=${site}&until=2001-01-01T00:00:00Z`)
  expect(old.rows.filter(({ at }) => at.time !== null)).toEqual([])
  for (const bad of ['limit=0', 'limit=501', 'after=0', 'after=x', 'until=yesterday', 'is=no', 'whom=marie'])
    expect([bad, (await marie.get(`audit?site=${site}&${bad}`)).status]).toEqual([bad, 400])
})

test('AUDIT-5 one request looks at so much and no more, and says where to go on', async () => {
  await using box = new ConsoleBox()
  const { marie } = await withLead(box)
  const { program } = box
  // More records than one request looks at; none of them is anything that somebody did.
  const drift = { kind: 'setting.drifted', body: { hash: 'x', fields: [], more: 0 } }
  for (let i = 0; i < 26; i += 1)
    await program?.box.record(
      site,
      Array.from({ length: 200 }, () => drift),
    )
  await until(() =>
    Promise.resolve((program?.box.status().sites.find((each) => each.site === site)?.n ?? 0) > 5200),
  )
  const first = await page(marie, `audit?site=${site}&what=site.save`)
  expect(first).toMatchObject({ rows: [], looked: 5000 })
  expect(first.next).toBeGreaterThan(0)
  const second = await page(marie, `audit?site=${site}&what=site.save&after=${first.next}`)
  expect(second.rows.length).toBeGreaterThan(0)
  expect(second.next).toBeNull()
}, 60_000)

test('AUDIT-6 what was erased shows that it was', async () => {
  await using box = new ConsoleBox()
  const { marie } = await withLead(box)
  const saved = async () => {
    const { rows } = await page(marie, 'audit?site=fleet&what=account.save')
    return rows.find(({ words, facts }) => words.includes('login jo') || facts[1]?.erased === true)
  }
  const { n = 0, facts } = (await saved()) ?? {}
  const account = String(facts?.[0]?.fields?.['account'])
  expect((await saved())?.words).toBe(
    `account ${account} · login jo, name Jo Martin, language ${aSetup.language}`,
  )
  expect((await marie.ask('POST', 'facts.erase?site=fleet', { places: [{ n, i: 1 }] })).status).toBe(200)
  await until(async () => (await saved())?.facts[1]?.erased === true)
  expect(await saved()).toMatchObject({
    n,
    words: `account ${account} · ∅`,
    facts: [{ kind: 'account.made' }, { kind: 'account.saved', fields: null }],
  })
  const { text } = await marie.get('audit?site=fleet&limit=500')
  expect(text).not.toContain('Jo Martin')
})

test('AUDIT-7 the whole of it as a file for spreadsheets', async () => {
  await using box = new ConsoleBox()
  const { marie } = await withLead(box)
  const about = { zone: 'Europe/Paris', exercise: false, name: '=cmd()' }
  await marie.ask('POST', `site.save?site=${site}`, about)
  const { text, headers, status } = await marie.get(`audit.csv?site=${site}&what=site.save`)
  expect([status, headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8'])
  expect(headers.get('content-disposition')).toBe(`attachment; filename="audit-${site}.csv"`)
  const lines = text.trim().split('\r\n')
  expect(lines[0]).toContain('n;time;quality;is;who;name;what;about;words')
  expect(lines).toHaveLength(3)
  expect(lines[1]).toContain(';done;')
  expect(lines[1]).toContain('Marie Dupont;site.save')
})
