import { expect, test } from 'vitest'
import { manualMachine } from '../../kernel/manual-machine.ts'
import { Complaints } from './complaints.ts'

test('MQTT-13 names that clients choose do not fill the memory, and what is told once is told once', () => {
  const said: string[] = []
  const { machine } = manualMachine()
  const complaints = new Complaints({ ...machine, log: (_, text) => void said.push(text) })
  for (let index = 0; index < 5_000; index += 1) complaints.say(`client ${index}`, 'odd')
  expect(complaints.remembered).toBe(1_000)
  complaints.say('client 4999', 'odd')
  expect(said).toHaveLength(5_000)
})
