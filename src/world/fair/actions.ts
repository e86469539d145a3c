import { z } from 'zod'
import type { Decided } from '../../kernel/pack/action.ts'
import { actionsOf } from '../../kernel/pack/action.ts'
import type { RowsReadOf } from '../../kernel/pack/table.ts'
import type { facts } from './facts.ts'
import type { BodyOf } from '../../kernel/pack/fact.ts'
import { longestTimerMs } from '../../kernel/timers/set.ts'
import { amount } from './facts.ts'
import type { tables } from './tables.ts'

/** Short enough to be part of the name of an account. */
const account = z.string().min(1).max(50)
const otherFair = z.string().regex(/^[0-9a-z][0-9a-z-]{0,40}$/)

type Move = { readonly account: string; readonly cents: number }
type Rows = RowsReadOf<typeof tables>

const action = actionsOf<typeof facts, typeof tables>()
const mostReceived = 400
const volunteer = ['volunteer'] as const
const waiting = { waitMs: 600_000 } as const

export const actions = {
  pay: action({
    about: { en: 'A visitor pays at a stall.', fr: 'Un visiteur paie à un stand.' },
    example: { tag: 'v1', stall: 'crepes', cents: 200 },
    input: z.object({ tag: account, stall: account, cents: amount }),
    allow: volunteer,
    away: 'refuse',
    decide: ({ tag, stall, cents }, rows) => {
      if (rows.stalls.get(stall)?.closed) return { refused: 'closed', detail: { stall } }
      return move(rows, [take(wallet(tag), cents), give(`stall:${stall}`, cents)], 'pay')
    },
  }),
  grant: action({
    about: { en: 'The bank puts coins on a token.', fr: 'La banque crédite un jeton.' },
    example: { tag: 'v1', cents: 500 },
    input: z.object({ tag: account, cents: amount }),
    allow: volunteer,
    away: 'refuse',
    decide: ({ tag, cents }, rows) => move(rows, [take('bank', cents), give(wallet(tag), cents)], 'grant'),
  }),
  topUp: action({
    about: {
      en: 'The same as grant, asked from afar: it may wait for the keeper.',
      fr: 'Comme grant, demandé à distance : cela peut attendre la box qui tient le site.',
    },
    input: z.object({ tag: account, cents: amount }),
    allow: volunteer,
    away: waiting,
    decide: ({ tag, cents }, rows) => move(rows, [take('bank', cents), give(wallet(tag), cents)], 'top-up'),
  }),
  payBack: action({
    about: {
      en: 'A visitor sends coins back to the bank, from afar: what is too much is refused.',
      fr: 'Un visiteur rend des jetons à la banque, à distance : ce qui est de trop est refusé.',
    },
    input: z.object({ tag: account, cents: amount }),
    allow: volunteer,
    away: waiting,
    decide: ({ tag, cents }, rows) => move(rows, [take(wallet(tag), cents), give('bank', cents)], 'pay-back'),
  }),
  transfer: action({
    about: { en: 'A visitor gives coins to another.', fr: 'Un visiteur donne des jetons à un autre.' },
    input: z.object({ from: account, to: account, cents: amount }),
    allow: volunteer,
    away: 'refuse',
    decide: ({ from, to, cents }, rows) =>
      move(rows, [take(wallet(from), cents), give(wallet(to), cents)], 'transfer'),
  }),
  honour: action({
    about: {
      en: 'A decision of a lost branch is made again: its coins move now, if they are still there.',
      fr: 'Une décision d’une branche perdue est reprise : ses jetons bougent maintenant, s’ils sont encore là.',
    },
    input: z.object({ term: z.string(), n: z.int() }),
    allow: ['lead'],
    away: 'refuse',
    decide: ({ term, n }, rows, { orphan: find }) => {
      const orphan = find(term, n)
      if (!orphan) return { refused: 'no-orphan', detail: { term, n } }
      if (orphan.settled !== null) return { refused: 'settled-already', detail: { how: orphan.settled } }
      const moves = orphan.facts.flatMap(({ kind, body }) =>
        kind === 'fair.moved' ? (body as BodyOf<typeof facts.moved>).moves : [],
      )
      if (moves.length === 0) return { refused: 'nothing-moved', detail: { action: orphan.action } }
      const made = move(rows, moves, 'honour')
      if ('refused' in made) return made
      const how = { kind: 'orphan.settled', body: { term, n, how: 'honoured', note: '' } } as const
      return { ...made, facts: [...made.facts, how] }
    },
  }),
  book: action({
    about: {
      en: 'A round shall be called later; booking it again moves it.',
      fr: 'Un tour sera appelé plus tard ; le réserver de nouveau le déplace.',
    },
    input: z.object({
      round: account,
      at: z.int().nonnegative().nullable(),
      after: z.int().nonnegative().max(longestTimerMs).nullable(),
    }),
    allow: volunteer,
    away: 'refuse',
    decide: (body) => ({ facts: [{ kind: 'booked', body }], answer: { round: body.round } }),
  }),
  drop: action({
    about: { en: 'A round will not be called after all.', fr: 'Un tour ne sera finalement pas appelé.' },
    input: z.object({ round: account }),
    allow: volunteer,
    away: 'refuse',
    decide: (body) => ({ facts: [{ kind: 'dropped', body }], answer: { round: body.round } }),
  }),
  send: action({
    about: {
      en: 'A visitor takes coins along to another fair, which is asked to give them out there.',
      fr: 'Un visiteur emporte des jetons à une autre fête, à qui on demande de les lui donner là-bas.',
    },
    input: z.object({ tag: account, site: otherFair, cents: amount }),
    allow: volunteer,
    away: 'refuse',
    decide: ({ tag, site, cents }, rows, asking) => {
      const moved = move(rows, [take(wallet(tag), cents), give(`abroad:${site}`, cents)], 'send')
      if ('refused' in moved) return moved
      const input = { tag, from: asking.site, cents }
      const errand = { kind: 'errand.sent', body: { site, action: 'fair.receive', input } } as const
      return { facts: [...moved.facts, errand], answer: moved.answer }
    },
  }),
  receive: action({
    about: {
      en: 'Coins come from another fair. No fair gives out very much at once.',
      fr: 'Des jetons viennent d’une autre fête. Aucune n’en donne beaucoup à la fois.',
    },
    input: z.object({ tag: account, from: otherFair, cents: amount }),
    allow: ['lead'],
    away: 'refuse',
    decide: ({ tag, from, cents }, rows) => {
      if (cents > mostReceived) return { refused: 'too-much', detail: { most: mostReceived } }
      return move(rows, [take(`abroad:${from}`, cents), give(wallet(tag), cents)], 'receive')
    },
  }),
  close: action({
    about: {
      en: 'A stall closes for good; closing it again changes nothing.',
      fr: 'Un stand ferme pour de bon ; le fermer de nouveau ne change rien.',
    },
    input: z.object({ stall: account }),
    allow: ['lead'],
    sensitive: true,
    away: 'refuse',
    decide: ({ stall }, rows) => {
      if (rows.stalls.get(stall)?.closed) return { facts: [], answer: { closed: 'before' } }
      return { facts: [{ kind: 'closed', body: { stall } }], answer: { closed: 'now' } }
    },
  }),
}

export const wallet = (tag: string): string => `wallet:${tag}`

const take = (from: string, cents: number): Move => ({ account: from, cents: -cents })
const give = (to: string, cents: number): Move => ({ account: to, cents })

/** Refuses the whole transfer where one wallet would fall below 0. */
function move(rows: Rows, moves: readonly Move[], note: string): Decided<typeof facts> {
  const after = moves.map(({ account: name, cents }) => ({
    name,
    left: (rows.accounts.get(name)?.cents ?? 0) + cents,
  }))
  const short = after.find(({ name, left }) => name.startsWith('wallet:') && left < 0)
  if (short) return { refused: 'insufficient', detail: { account: short.name, short: -short.left } }
  return {
    facts: [{ kind: 'moved', body: { moves: [...moves], note } }],
    answer: { left: after.map(({ left }) => left) },
  }
}
