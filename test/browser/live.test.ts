import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { chromium } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chromiumCommand, findChromium } from '../../scripts/chromium.ts'
import { bundlePage } from '../live/bundle.ts'
import { ServedBox } from './served-box.ts'

/** Stands for the address of a box on a LAN: http without a secure context. */
const byName = 'regie.test'
const flags = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  `--host-resolver-rules=MAP ${byName} 127.0.0.1`,
]

let folder = ''
let browser: Browser
beforeAll(async () => {
  const executablePath = findChromium()
  if (executablePath === undefined) throw new Error(`there is no Chromium: ${chromiumCommand}`)
  folder = mkdtempSync(join(tmpdir(), 'regie-browser-'))
  const { code } = await bundlePage(join(import.meta.dirname, 'page.ts'))
  writeFileSync(join(folder, 'fair.js'), code)
  browser = await chromium.launch({ executablePath, args: flags, chromiumSandbox: false })
})
afterAll(async () => {
  await browser?.close()
  rmSync(folder, { recursive: true })
})

const shows = async (page: Page, id: string, text: string) => {
  const found = () => page.textContent(`#${id}`, { timeout: 5_000 })
  await expect.poll(found, { timeout: 15_000, interval: 50 }).toMatch(new RegExp(text))
}
const isIn = (page: Page, state: string) =>
  page.waitForSelector(`#books[data-state=${state}]`, { timeout: 15_000, state: 'attached' })

const tryStore = (page: Page) =>
  page.evaluate(() =>
    (globalThis as unknown as { readonly tryStore: () => Promise<readonly string[]> }).tryStore(),
  )

test.each([
  { host: '127.0.0.1', isSecure: true, other: 'stays open' },
  { host: byName, isSecure: false, other: 'is closed as well' },
])(
  'CLIENT-13 CLIENT-16 what was asked for of a dead box at http://$host, whose other page $other, happens once',
  async ({ host, isSecure, other }) => {
    await using box = new ServedBox(join(folder, host), join(folder, 'fair.js'))
    await box.start()
    await using context = await browser.newContext()
    const [page, second] = [await context.newPage(), await context.newPage()]
    const wrong: string[] = []
    for (const each of [page, second]) {
      each.on('pageerror', (error) => wrong.push(String(error)))
      await each.goto(`http://${host}:${box.port}/fair`)
      await isIn(each, 'live')
    }
    const has = await page.evaluate(() => [isSecureContext, 'locks' in navigator, 'randomUUID' in crypto])
    expect(has).toEqual([isSecure, isSecure, isSecure])
    expect(await tryStore(page)).toEqual([])

    await box.kill()
    await isIn(page, 'old')
    for (const button of ['grant', 'grant', 'more']) await page.click(`#${button}`)
    for (const each of [page, second]) await shows(each, 'asks', '^fair.topUp waiting, fair.topUp waiting$')
    await expect.poll(() => page.textContent('#age'), { timeout: 15_000 }).toMatch(/^\d{4,}$/)
    await expect(page.reload()).rejects.toThrow(/ERR_CONNECTION_REFUSED/)
    if (other === 'is closed as well') await second.close()

    await box.start()
    const books = 'wallet:ada=5 wallet:bob=7$'
    if (!second.isClosed()) await shows(second, 'books', books)
    await page.goto(`http://${host}:${box.port}/fair`)
    await shows(page, 'asks', '^fair.topUp answered, fair.topUp answered$')
    await shows(page, 'books', books)
    await isIn(page, 'live')
    expect(new Set(await box.heard()).size).toBe(2)
    expect(wrong).toEqual([])
  },
)
