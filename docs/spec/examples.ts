// Prints the computed examples of these pages, from the code itself: node scripts/run.mjs docs/spec/examples.ts
import { canonical, sha256 } from '../../src/kernel/digest.ts'
import { bodyLine, headText, hollowLine, nextChain } from '../../src/kernel/entry.ts'
import type { Head } from '../../src/kernel/entry.ts'
import type { Instant } from '../../src/kernel/instant.ts'
import { parseIdentity, signText } from '../../src/kernel/link/identity.ts'
import { sealFor, sealPublicKey, unseal } from '../../src/kernel/link/seal.ts'
import { wireVersion } from '../../src/kernel/link/frames.ts'
import { encodeFrame } from '../../src/kernel/link/wire.ts'
import { seededRandom } from '../../src/kernel/manual-machine.ts'
import { know } from '../../src/kernel/pack/kinds.ts'
import { pack } from '../../src/kernel/pack/pack.ts'
import { integer, optional, real, table, text } from '../../src/kernel/pack/table.ts'
import { relate } from '../../src/kernel/site/history.ts'
import { kernelPack } from '../../src/kernel/site/kernel-pack.ts'
import { SiteViews } from '../../src/kernel/site/views.ts'
import type { Term } from '../../src/kernel/term.ts'
import { compareTerms, parseTerm, termText } from '../../src/kernel/term.ts'
import { allTables, hashViews, rowText, tableRows } from '../../src/kernel/views/hash.ts'
import { openSqlite } from '../../src/store/sqlite.ts'

const say = (...lines: readonly string[]) => console.log(lines.join('\n'))
const title = (name: string) => say('', `== ${name}`)

title('log.md: the running hash')
const at: Instant = [1000, null, 0]
const born = '1/boxa/1/proca000'
const key = 'A'.repeat(43)
const entries: readonly { head: Head; lines: readonly string[] }[] = [
  {
    head: { form: 'k', at, kinds: ['site.keeper', 'box.assigned'] },
    lines: [
      bodyLine({ term: born, how: 'birth' }, null),
      bodyLine({ box: 'boxa', publicKey: key, small: false }, null),
    ],
  },
  {
    head: {
      form: 'r',
      at: [2000, 1_700_000_000_000, 2],
      kind: 'stream.opened',
      from: { box: 'boxa', stream: 'stra0001', seq: 1 },
    },
    lines: [bodyLine({ boot: 'boot-1', before: null, beforeSeq: 0 }, null)],
  },
  {
    head: {
      form: 'r',
      at: [2001, 1_700_000_000_000, 2],
      kind: 'fair.named',
      from: { box: 'boxa', stream: 'stra0001', seq: 2 },
    },
    lines: [bodyLine({ tag: 'a1', name: 'Ada' }, seededRandom(7))],
  },
  {
    head: {
      form: 'a',
      at: [3000, 1_700_000_000_000, 2],
      kinds: [],
      asked: {
        action: 'fair.close',
        key: 'k1',
        digest: sha256(canonical(['fair.close', { stall: 'crepes' }])),
        who: 'ada',
        answer: { closed: 'before' },
      },
    },
    lines: [],
  },
]
let chain = ''
for (const [index, { head, lines }] of entries.entries()) {
  const entry = { head: headText(head), bodies: lines.join('\n') }
  chain = nextChain(chain, entry)
  say(`entry ${index + 1}`, entry.head, ...lines, `  running hash  ${chain}`)
}
const named = entries[2]?.lines[0] ?? ''
say('entry 3, erased', hollowLine(named), `  running hash  the same, since ^… is hashed as this line`)

title('log.md: the digest of what is asked')
const asked = ['fair.close', { stall: 'crepes' }]
say(canonical(asked), sha256(canonical(asked)))
say(canonical({ b: 1, a: { d: [2, 1], c: null }, '10': 'x', '9': 'y' }))

title('terms.md: order')
const terms = ['1/boxb/1/pppp', '2/boxa/1/pppp', '1/boxa/9/pppp', '1/boxa/10/pppp', '1/boxa/10/aaaa']
say(terms.map(parseTerm).toSorted(compareTerms).map(termText).join(' < '))

title('terms.md: comparing two logs')
const term = (text: string): Term => parseTerm(text)
const boundary = (n: number, text: string, its: string) => ({ n, term: term(text), chain: its })
const first = boundary(1, born, 'h1')
const cases = {
  'a take-over': [
    { n: 900, chain: 'x900', terms: [first] },
    { n: 15, chain: 'y15', terms: [first, boundary(11, '2/boxb/1/procb000', 'y11')] },
  ],
  'a box put back to entry 10': [
    { n: 20, chain: 'x20', terms: [first] },
    { n: 30, chain: 'y30', terms: [first, boundary(11, '1/boxa/2/proca111', 'y11')] },
  ],
  'a log and its beginning': [
    { n: 20, chain: 'x20', terms: [first] },
    { n: 12, chain: 'x12', terms: [first] },
  ],
} as const
for (const [name, [mine, theirs]] of Object.entries(cases)) {
  const { common, wins } = relate(mine, theirs)
  say(`${name}: common ${common}, wins ${wins}`)
}

title('views.md: the hash of the views')
const tiny = pack({
  name: 'tiny',
  rules: 'tiny-1',
  facts: {},
  tables: {
    marks: table({ place: text(), hits: integer(), metres: optional(real()) }, { key: ['place'] }),
  },
  apply: {},
  actions: {},
})
const known = know({ ...kernelPack, facts: {}, tables: {}, actions: {}, queries: {} }, [tiny])
const database = openSqlite(':memory:', { durable: false })
const views = new SiteViews(database, known)
const marks = views.rows(tiny)['marks']
marks?.put({ place: 'é', hits: 2, metres: null })
marks?.put({ place: 'z', hits: 10, metres: 1.5 })
for (const each of allTables(known)) {
  say(`# ${each.name}`, ...[...tableRows(database, each)].map((row) => rowText(each, row)))
}
say(`  hash  ${hashViews(database, known)}`)
const tinyText = '# tiny_marks\n["z",10,1.5]\n["é",2,null]\n'
say(`  the same over the text  ${sha256(tinyText)}`)

title('link.md: a message')
say(Buffer.from(encodeFrame(3, { t: 'ping', at: 5 })).toString('hex'))
const record = headText({
  form: 'r',
  at,
  kind: 'fair.seen',
  from: { box: 'boxa', stream: 'stra0001', seq: 4 },
})
const records = { t: 'records', site: 'fair', box: 'boxa', stream: 'stra0001', from: 4 } as const
say(Buffer.from(encodeFrame(4, records, [record, '{"tag":"a1"}'])).toString('hex'))

/** A key pair from a fixed seed, so that the examples never change. */
function fixedIdentity(box: string, byte: number) {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, byte)])
  return parseIdentity(JSON.stringify({ box, key: der.toString('base64url') }))
}

title('link.md: the text of a proof')
const boxa = fixedIdentity('boxa', 1)
const ends = ['boxa', 'p'.repeat(16), 'a'.repeat(32), 'boxb', 'q'.repeat(16), 'b'.repeat(32)]
const proof = ['regie-link', wireVersion, 'dialled', ...ends].join('\n')
say(`public key  ${boxa.publicKey}`, proof, `signature  ${signText(boxa, proof)}`)

title('site.md: sealing')
const boxb = fixedIdentity('boxb', 2)
const secret = Buffer.alloc(32, 9)
const sealed = sealFor(sealPublicKey(boxb), secret, { bytes: (size) => Buffer.alloc(size, 3) })
say(`boxb's public key       ${boxb.publicKey}`)
say(`boxb's sealing key      ${sealPublicKey(boxb)}`)
say(`32 bytes of 9, sealed   ${sealed}`)
say(`unsealed                ${Buffer.from(unseal(boxb, sealed) ?? []).toString('hex')}`)
