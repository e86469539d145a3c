import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Answer } from '../../kernel/box/contract.ts'
import type { DirectName } from '../../kernel/site/direct.ts'
import { directActs } from '../../kernel/site/direct.ts'
import { Trouble } from '../errors.ts'
import { siteIn, tell } from './acts.ts'
import { askingIn } from './asking.ts'
import type { ApiParts } from './parts.ts'
import { answerWithinMs, refusalOf, within } from './parts.ts'

/** As long as a keeper that has just started waits for others of its site, and the views behind it. */
const patienceMs = 10_000
const lookMs = 20

/** Asks this box to hand a site over, or to take it over (HTTP-18). */
export function direct(parts: ApiParts, name: DirectName) {
  const { kernel } = parts.known
  const known = { name, pack: kernel, ...directActs[name] }
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const site = siteIn(parts, known, request)
    const { key, input } = askingIn(request, known, parts.machine.random)
    const late = () => Trouble.of('outcome_unknown', {}).with({ key })
    const asked = directly(parts, name, site, input, request.visitor.who)
    return tell(parts, known, reply, {
      site,
      key,
      answer: await within(parts.machine.timers, answerWithinMs, asked, late),
    })
  }
}

/** The same for whoever may read the data folder. Throws a Trouble. */
export async function directHere(
  parts: ApiParts,
  name: DirectName,
  { site, ...given }: { readonly site: string },
  who: string,
): Promise<unknown> {
  const input = directActs[name].input.safeParse(given)
  if (!input.success)
    throw Trouble.of('request_invalid', { reason: input.error.issues[0]?.message ?? 'it does not fit' })
  if (!parts.box().sites().includes(site)) throw Trouble.of('site_absent', { site })
  const answer = await directly(parts, name, site, input.data, who)
  if (answer.is === 'answered') return { site, n: answer.n, copies: answer.copies }
  if (answer.is === 'refused') throw refusalOf(parts, parts.known.kernel, answer.code, answer.detail)
  throw Trouble.of('keeper_silent', { site, why: answer.is === 'unknown' ? answer.why : 'away' })
}

async function directly(
  parts: ApiParts,
  name: DirectName,
  site: string,
  given: unknown,
  who: string,
): Promise<Answer> {
  const box = parts.box()
  switch (name) {
    case 'site.handOver': {
      const { to } = directActs[name].input.parse(given)
      await isOpen(parts, site)
      return box.handOver(site, to, who)
    }
    case 'site.takeOver': {
      const { confirm } = directActs[name].input.parse(given)
      const called = await nameOf(parts, site)
      if (plain(confirm) !== plain(called))
        throw Trouble.of('not_confirmed', { name: called }).with({ field: 'confirm' })
      return box.takeOver(site, who)
    }
  }
}

/** Somebody who types it has looked at what he does; he need not type it as a machine would. */
const plain = (text: string): string => text.normalize('NFKC').trim().toLowerCase()

/** What people call a site; its short name while nobody has said, or while its views are being made. */
async function nameOf(parts: ApiParts, site: string): Promise<string> {
  const asked = await parts.box().live.ask({ query: 'sites', sites: site, input: {} })
  const [row] = asked.is === 'answer' ? asked.rows.values() : []
  return row === undefined ? site : (JSON.parse(row) as { readonly name: string }).name
}

/** A keeper that is about to keep would say that it does not. */
async function isOpen({ box, machine: { clock, timers } }: ApiParts, site: string): Promise<void> {
  const isOpening = () =>
    box()
      .status()
      .sites.some((each) => each.site === site && each.role === 'opening')
  for (const began = clock.mono(); isOpening() && clock.mono() - began < patienceMs;)
    await new Promise<void>((resolve) => timers.after(lookMs, resolve))
}
