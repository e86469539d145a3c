import { expect, test } from 'vitest'
import type { Instant } from '../instant.ts'
import { Reports } from './reports.ts'

const words = (text: string) => ({ en: text, fr: text })

test('HTTP-13 what reports is in one state since it came into it, whatever it says meanwhile', () => {
  let now: Instant = [1, null, 0]
  const reports = new Reports(() => now)
  expect(reports.all()).toEqual([])
  reports.say('reader', 'ok', words('It reads.'))
  reports.say('printer', 'degraded', words('Little paper.'))
  now = [2, 1_000, 3]
  reports.say('printer', 'degraded', words('Two sheets.'))
  reports.say('reader', 'failing', words('It is unplugged.'))
  expect(reports.all()).toEqual([
    { name: 'printer', state: 'degraded', since: [1, null, 0], words: words('Two sheets.') },
    { name: 'reader', state: 'failing', since: [2, 1_000, 3], words: words('It is unplugged.') },
  ])
  reports.end('reader')
  reports.end('nothing')
  expect(reports.all().map(({ name }) => name)).toEqual(['printer'])
})
