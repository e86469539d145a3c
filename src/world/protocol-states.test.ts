import { globSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { faultKinds, liveOneDay } from './day.ts'
import { protocolStates } from './protocol-states.ts'
import { scenarioFor } from './scenario.ts'
import { Dice } from './random.ts'

const minute = 60_000

test('every state is named by a rule that stands in the specification', () => {
  const pages = globSync('docs/spec/*.md').map((page) => readFileSync(page, 'utf8'))
  const missing = Object.keys(protocolStates).filter(
    (rule) => !pages.some((page) => page.includes(`**${rule}**`)),
  )
  expect(missing).toEqual([])
})

test('what a fault meets is told by kind and rule', { timeout: 60_000 }, async () => {
  const scenario = { ...scenarioFor(new Dice('pairs'), 'hall'), ms: 40 * minute, faultEveryMs: minute / 2 }
  const { reached, faults, failure } = await liveOneDay('pairs', { scenario })
  expect(failure?.message).toBeUndefined()
  const pairs = reached.entries().map(([pair]) => pair.split(' x '))
  for (const [kind = '', rule = ''] of pairs) {
    expect(faultKinds).toContain(kind)
    expect(faults.get(kind)).toBeGreaterThan(0)
    expect(Object.keys(protocolStates)).toContain(rule)
  }
  const rules = new Set(pairs.map(([, rule]) => rule))
  for (const often of ['TERM-9', 'LINK-9', 'LINK-14']) expect(rules).toContain(often)
})
