import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Browser, Page } from 'playwright-core'
import { chromium } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildWeb } from '../../scripts/build-web.ts'
import { chromiumCommand, findChromium } from '../../scripts/chromium.ts'
import { totpCode } from '../../src/doors/accounts/totp.ts'
import { lookAt, watched } from './look.ts'
import { RealBox } from './real-box.ts'

const root = join(import.meta.dirname, '../..')
const flags = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
const secret = 'quatre mots bien à moi'
const patience = 20_000

let folder = ''
let browser: Browser
let box: RealBox
beforeAll(async () => {
  const executablePath = findChromium()
  if (executablePath === undefined) throw new Error(`there is no Chromium: ${chromiumCommand}`)
  await buildWeb(root, join(root, 'dist/web'))
  folder = mkdtempSync(join(tmpdir(), 'regie-face-'))
  box = new RealBox(join(folder, 'data'))
  await box.start()
  browser = await chromium.launch({ executablePath, args: flags, chromiumSandbox: false })
}, 3 * patience)
afterAll(async () => {
  await browser?.close()
  await box?.kill()
  rmSync(folder, { recursive: true })
})

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).first().click()
const fill = (page: Page, label: string, text: string) => page.getByLabel(label, { exact: true }).fill(text)
const title = (page: Page, name: string) =>
  page.getByRole('heading', { name, level: 1 }).waitFor({ timeout: patience })

async function signIn(page: Page, login: string, password: string): Promise<void> {
  await page.goto(box.origin)
  await title(page, 'Sign in')
  // By keyboard alone: the first field has it, and Enter sends.
  await page.keyboard.type(login)
  await page.keyboard.press('Tab')
  await page.keyboard.type(password)
  await page.keyboard.press('Enter')
}

test('a new box is set up on a phone, by the code that its terminal shows', async () => {
  const code = /\d{6}/.exec(await box.regie('code'))?.[0] ?? ''
  const { context, page, wrong } = await watched(browser, 'phone')
  await page.goto(box.origin)
  await title(page, 'Mettre cette box en service')
  await lookAt(page, 'phone', 'first-start-1')
  await fill(page, 'Code de la box', code)
  await fill(page, 'Organisation', 'Trail Club des Crêtes')
  await press(page, 'Suivant')
  await title(page, 'Vous, premier propriétaire')
  await fill(page, 'Nom', 'Marie Durand')
  expect(await page.getByLabel('Identifiant').inputValue()).toBe('marie')
  await fill(page, 'Mot de passe', 'court')
  await press(page, 'Suivant')
  await page.getByText('Celui-ci est trop court.').waitFor()
  await lookAt(page, 'phone', 'first-start-2')
  await fill(page, 'Mot de passe', secret)
  await press(page, 'Suivant')
  await title(page, 'Le premier site')
  await fill(page, 'Nom du site', 'Trail des Crêtes 2026')
  expect(await page.getByLabel('Nom court').inputValue()).toBe('trail-des-cretes-2026')
  await lookAt(page, 'phone', 'first-start-3')
  await press(page, 'Mettre en service')
  await title(page, 'Bonjour Marie Durand')
  expect(new URL(page.url()).pathname + new URL(page.url()).hash).toBe('/')
  expect(wrong).toEqual([])
  await context.close()
})

const pages = [
  ['home', '/', { en: 'Hello Marie Durand', fr: 'Bonjour Marie Durand' }],
  ['people', '/fleet/accounts', { en: 'People', fr: 'Personnes' }],
  ['audit', '/fleet/audit', { en: 'Who did what', fr: 'Qui a fait quoi' }],
  ['account', '/account', { en: 'My account', fr: 'Mon compte' }],
  ['kit', '/kit', { en: 'What a page is made of', fr: 'De quoi une page est faite' }],
] as const

describe.each(['phone', 'desk'] as const)('on a %s', (look) => {
  test('every page is whole, readable and by itself', async () => {
    const { context, page, wrong } = await watched(browser, look)
    const language = look === 'phone' ? 'fr' : 'en'
    await page.goto(box.origin)
    await title(page, { en: 'Sign in', fr: 'Se connecter' }[language])
    await lookAt(page, look, 'sign-in')
    await context.request.post(`${box.origin}/api/fleet/session`, {
      data: { login: 'marie', secret },
      headers: { origin: box.origin },
    })
    await context.request.patch(`${box.origin}/api/fleet/session`, {
      data: { language },
      headers: { origin: box.origin, 'idempotency-key': `speak ${look}` },
    })
    for (const [name, path, called] of pages) {
      await page.goto(box.origin + path)
      await title(page, called[language])
      await page.waitForLoadState('networkidle')
      await lookAt(page, look, name)
    }
    expect(wrong).toEqual([])
    await context.close()
  })
})

test('somebody who is added chooses an own password, and finds what is his by its name', async () => {
  const { context, page, wrong } = await watched(browser, 'desk')
  await signIn(page, 'marie', secret)
  await title(page, 'Hello Marie Durand')
  await page.getByRole('link', { name: 'People' }).first().click()
  await title(page, 'People')
  await press(page, 'Add a person')
  await fill(page, 'Name', 'Jo Martin')
  await fill(page, 'Login', 'jo')
  await page.getByText('Lead', { exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Add a person' }).click()
  await page.getByText('Give this to Jo Martin').waitFor({ timeout: patience })
  await lookAt(page, 'desk', 'person-added')
  const once = await page.getByLabel('New password').inputValue()
  await press(page, 'Done')
  await press(page, 'Jo Martin')
  await lookAt(page, 'desk', 'person')
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Find anything' }).waitFor()
  await page.keyboard.type('crete')
  await page.getByRole('option', { name: /Trail des Crêtes 2026/ }).waitFor()
  await lookAt(page, 'desk', 'search')
  await page.keyboard.press('Escape')

  const other = await watched(browser, 'phone')
  await other.page.goto(box.origin)
  await fill(other.page, 'Identifiant', 'jo')
  await fill(other.page, 'Mot de passe', once)
  await press(other.page, 'Se connecter')
  // The account was made by somebody who speaks English.
  await title(other.page, 'Choose a password of your own')
  await fill(other.page, 'New password', 'four words of my own')
  await press(other.page, 'Save')
  await title(other.page, 'Hello Jo Martin')
  expect([...wrong, ...other.wrong]).toEqual([])
  await Promise.all([context.close(), other.context.close()])
})

test('whoever holds a phone sets the clock of a box that has none', async () => {
  const { context, page, wrong } = await watched(browser, 'phone')
  await page.goto(box.origin)
  await fill(page, 'Identifiant', 'marie')
  await fill(page, 'Mot de passe', secret)
  await press(page, 'Se connecter')
  await press(page, 'Set the clock')
  await page.getByText('Is this the right time?').waitFor()
  await lookAt(page, 'phone', 'set-clock')
  await press(page, 'Yes, set it')
  await page.getByText('does not know what time').waitFor({ state: 'detached', timeout: patience })
  expect(wrong).toEqual([])
  await context.close()
})

test('a second factor is scanned, confirmed, and then asked for', async () => {
  const { context, page, wrong } = await watched(browser, 'desk')
  await signIn(page, 'jo', 'four words of my own')
  await title(page, 'Hello Jo Martin')
  await page.goto(`${box.origin}/account`)
  const panel = page.locator('section', { has: page.getByRole('heading', { name: 'Second factor' }) })
  await panel.getByLabel('Present password').fill('four words of my own')
  await panel.getByRole('button', { name: 'Switch it on' }).click()
  const key = await panel.getByLabel('Or type this key into it').inputValue()
  await panel.getByLabel('Code of your app').fill(totpCode(key, Date.now()))
  await panel.getByRole('button', { name: 'Confirm' }).click()
  await panel.getByText('Each lets you in once').waitFor({ timeout: patience })
  const codes = (await panel.getByLabel('Your ten codes').inputValue()).split(/\s+/)
  expect(codes).toHaveLength(10)
  await lookAt(page, 'desk', 'second-factor')
  await context.clearCookies()
  await signIn(page, 'jo', 'four words of my own')
  await fill(page, 'Code of your app', codes[0] ?? '')
  await press(page, 'Sign in')
  await title(page, 'Hello Jo Martin')
  expect(wrong.filter((each) => !each.includes('40'))).toEqual([])
  await context.close()
})

test('a page whose box was killed says so at once, and goes on by itself when it is back', async () => {
  const { context, page } = await watched(browser, 'desk')
  await signIn(page, 'marie', secret)
  await title(page, 'Hello Marie Durand')
  await page.getByText('Trail des Crêtes 2026').first().waitFor()
  await box.kill()
  await page.getByText('The box does not answer.').waitFor({ timeout: patience })
  await lookAt(page, 'desk', 'away')
  expect(await page.getByText('Trail des Crêtes 2026').first().isVisible()).toBe(true)
  await box.start()
  await page.getByText('The box does not answer.').waitFor({ state: 'detached', timeout: 2 * patience })
  await context.close()
})

test('the console is small enough for a phone in a field', () => {
  const assets = join(root, 'dist/web/assets')
  const html = readFileSync(join(root, 'dist/web/console.html'), 'utf8')
  const scripts = readdirSync(assets).filter((name) => name.endsWith('.js') && html.includes(name))
  const bytes = scripts.map((name) => gzipSync(readFileSync(join(assets, name))).length)
  expect(bytes.reduce((sum, each) => sum + each, 0)).toBeLessThan(150_000)
})
