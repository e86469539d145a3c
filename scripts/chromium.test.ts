import { expect, test } from 'vitest'
import { chromiumCommand, findChromium } from './chromium.ts'

test('another browser can be named, and one that is not there is not found', () => {
  expect(findChromium({ REGIE_CHROMIUM: process.execPath })).toBe(process.execPath)
  expect(findChromium({ REGIE_CHROMIUM: '/nowhere/chromium' })).toBeUndefined()
  expect(chromiumCommand).toBe('sudo apt-get install -y --no-install-recommends chromium')
})
