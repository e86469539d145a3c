import { expect, test } from 'vitest'
import { manualMachine } from '../../kernel/manual-machine.ts'
import { RefusalLog } from './refusal-log.ts'

function aLog() {
  const said: unknown[] = []
  const { machine, pass } = manualMachine()
  const box = {
    record: async (site: string, facts: readonly unknown[]) => {
      said.push([site, ...facts])
      return { box: 'b', stream: 's', from: 1, to: 1 }
    },
  }
  return { log: new RefusalLog(box, machine), said, pass }
}
const wrong = (account: string | null) =>
  ({ kind: 'login.refused', body: { account, why: 'wrong', address: '10.0.0.7' } }) as const

test('ACCOUNT-9 the first is said at once, those alike within a minute as one with their number', async () => {
  const { log, said, pass } = aLog()
  for (let tries = 0; tries < 40; tries += 1) log.tell('one', wrong('marie'))
  log.tell('one', wrong('jo'))
  expect(said).toMatchObject([
    ['one', { body: { account: 'marie', count: 1 } }],
    ['one', { body: { account: 'jo', count: 1 } }],
  ])
  pass(60_000)
  expect(said.slice(2)).toMatchObject([['one', { body: { account: 'marie', count: 39 } }]])
  log.tell('one', wrong('marie'))
  expect(said).toHaveLength(4)
})

test('ACCOUNT-9 whoever knocks with ever other names does not fill the log', () => {
  const { log, said } = aLog()
  for (let tries = 0; tries < 5000; tries += 1) log.tell('one', wrong(`name${tries}`))
  expect(said).toHaveLength(100)
})
