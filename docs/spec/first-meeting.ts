// Two boxes meet for the first time: prints every frame, in order. node scripts/run.mjs docs/spec/first-meeting.ts
import { openBox } from '../../src/kernel/box/box.ts'
import { parseIdentity } from '../../src/kernel/link/identity.ts'
import { MemoryChannel } from '../../src/kernel/link/memory-channel.ts'
import { decodeFrame } from '../../src/kernel/link/wire.ts'
import { manualMachine, settled } from '../../src/kernel/manual-machine.ts'
import { know } from '../../src/kernel/pack/kinds.ts'
import { kernelPack } from '../../src/kernel/site/kernel-pack.ts'
import { WriterCore } from '../../src/kernel/site/writer-core.ts'
import type { Writer } from '../../src/kernel/site/writer.ts'
import { openSqlite } from '../../src/store/sqlite.ts'
import type { ReadGate } from '../../src/store/truth-front.ts'
import { TruthFront, answerRead } from '../../src/store/truth-front.ts'
import { SqliteTruth } from '../../src/store/truth-sqlite.ts'
import { openTruthFile } from '../../src/store/truth-tables.ts'
import { fair } from '../../src/world/fair/pack.ts'

const known = know(kernelPack, [fair])

/** A box in this process whose key, chance and time are always the same. */
async function fixedBox(name: string, byte: number, channel: MemoryChannel) {
  const { machine, pass } = manualMachine(byte)
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, byte)])
  const identity = parseIdentity(JSON.stringify({ box: name, key: der.toString('base64url') }))
  const core = new SqliteTruth(openTruthFile(':memory:'))
  const read = (async (what, ...values) => answerRead(core.reads, what, values)) as ReadGate
  const write = async (calls: Parameters<SqliteTruth['commitGroup']>[0]) => core.commitGroup(calls)
  const bases = { save: () => {}, list: () => [], load: () => undefined, drop: () => {} }
  const home = { open: () => openSqlite(':memory:', { durable: false }), drop: () => {}, bases }
  const views = new WriterCore(known, home, machine.random)
  const writer = new Proxy({} as Writer, {
    get:
      (_, call: keyof WriterCore) =>
      async (...values: readonly unknown[]) =>
        Reflect.apply(views[call], views, values) as unknown,
  })
  const box = await openBox({
    identity,
    machine,
    known,
    truth: new TruthFront({ write, read, close: async () => {} }, machine),
    writer,
    dial: (_, events) => {
      channel.a.listen(events)
      events.opened(channel.a.channel)
    },
    trusts: () => true,
  })
  return { box, identity, pass }
}

/** Lets everything happen that can, and prints what travels. */
async function rest(): Promise<void> {
  for (let turn = 0; turn < 40; turn++) {
    await settled()
    channel.flow()
  }
}

const channel = new MemoryChannel()
let count = 0
channel.alter = (message, to) => {
  const { number, frame, lines } = decodeFrame(message)
  const [from, other] = to === 'a' ? ['keep', 'gate'] : ['gate', 'keep']
  console.log(`${String((count += 1)).padStart(2)}  ${from} → ${other}  #${number}  ${JSON.stringify(frame)}`)
  for (const line of lines) console.log(`      | ${line}`)
  return [message]
}

const keeper = await fixedBox('keep', 1, channel)
const gate = await fixedBox('gate', 2, channel)
await keeper.box.found('fair')
await rest()
await keeper.box.record('fair', [{ kind: 'fair.seen', body: { tag: 'a1', gate: 'north', at: 1, hits: 1 } }])
await keeper.box.assign('fair', { box: 'gate', publicKey: gate.identity.publicKey, small: false })
await rest()
channel.b.listen(keeper.box.accept(channel.b.channel))
const above = { address: 'keep', box: 'keep', publicKey: keeper.identity.publicKey }
const serving = gate.box.serve('fair', above)
await rest()
await serving
await rest()
console.log('\n-- the gate records a fact')
const recording = gate.box.record('fair', [
  { kind: 'fair.seen', body: { tag: 'b2', gate: 'south', at: 2, hits: 1 } },
])
await rest()
await recording
console.log('\n-- somebody at the gate asks for an action')
const asking = gate.box.act('fair', {
  action: 'fair.grant',
  key: 'k1',
  who: 'ada',
  input: { tag: 'b2', cents: 500 },
})
await rest()
console.log(`\nanswer  ${JSON.stringify(await asking)}`)
