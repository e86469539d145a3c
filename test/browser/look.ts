import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { expect } from 'vitest'

const root = join(import.meta.dirname, '../..')
const axe = readFileSync(join(root, 'node_modules/axe-core/axe.min.js'), 'utf8')
const pictures = join(root, 'screenshots')

/** A phone in French at night, and a desk in English by day: what is wrong in one is seldom wrong in the other. */
export const looks = {
  phone: {
    viewport: { width: 360, height: 740 },
    locale: 'fr-FR',
    colorScheme: 'dark',
    deviceScaleFactor: 2,
    hasTouch: true,
    isMobile: true,
  },
  desk: { viewport: { width: 1920, height: 1080 }, locale: 'en-GB', colorScheme: 'light' },
} as const
export type Look = keyof typeof looks

/** What a page must never do, gathered as it does it. */
export async function watched(
  browser: Browser,
  look: Look,
): Promise<{ context: BrowserContext; page: Page; wrong: string[] }> {
  const context = await browser.newContext(looks[look])
  const page = await context.newPage()
  const wrong: string[] = []
  page.on('pageerror', (error) => wrong.push(`error: ${error.message}`))
  page.on('console', (message) => {
    // That nobody is signed in yet is an answer, which the browser writes down as an error.
    if (message.type() === 'error' && !message.text().includes('401')) wrong.push(message.text())
  })
  page.on('request', (request) => {
    const { hostname, protocol } = new URL(request.url())
    if (protocol.startsWith('http') && hostname !== '127.0.0.1') wrong.push(`asked ${request.url()}`)
  })
  return { context, page, wrong }
}

type Found = {
  readonly id: string
  readonly impact: string
  readonly nodes: readonly { readonly html: string }[]
}

/** Nothing serious for whoever cannot see, nothing wider than the screen; and a picture to look at. */
export async function lookAt(page: Page, look: Look, name: string): Promise<void> {
  mkdirSync(pictures, { recursive: true })
  await page.screenshot({ path: join(pictures, `${name}-${look}.png`), fullPage: true })
  const { scrollWidth, width } = await page.evaluate(() => ({
    scrollWidth: document.documentElement.scrollWidth,
    width: window.innerWidth,
  }))
  expect(scrollWidth, `${name} is wider than a ${look}`).toBeLessThanOrEqual(width)
  await page.evaluate(axe)
  const found = await page.evaluate(async () => {
    const { violations } = await (
      globalThis as unknown as { axe: { run: () => Promise<{ violations: Found[] }> } }
    ).axe.run()
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
  })
  expect(found, `${name} on a ${look}`).toEqual([])
}
