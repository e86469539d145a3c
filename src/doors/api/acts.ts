import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Answer } from '../../kernel/box/contract.ts'
import { epochOf } from '../../kernel/instant.ts'
import type { KnownAction } from '../../kernel/pack/kinds.ts'
import { fullRoles } from '../../kernel/pack/roles.ts'
import { hubSite } from '../../kernel/settings/target.ts'
import { Trouble } from '../errors.ts'
import { roleTexts } from '../role-words.ts'
import type { Permit, Visitor } from '../visitor.ts'
import { ownKey } from '../visitor.ts'
import { keyHeader } from '../http-errors.ts'
import { askingIn, isKey } from './asking.ts'
import { doneAtHeader, doneAtIn } from './done-at.ts'
import type { ApiParts } from './parts.ts'
import { answerWithinMs, pathOf, refusalOf, within } from './parts.ts'
import { oneSite } from './sites.ts'

type Query = { readonly site?: string | readonly string[] }

/** Asks for an action, and says what became of it. */
export function act(parts: ApiParts, known: KnownAction) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const box = parts.box()
    const site = siteIn(parts, known, request)
    const { key, input } = askingIn(request, known.action, parts.machine.random)
    expectOrder(parts, known, request.visitor, site, input)
    expectDemands(parts, known, request.visitor, site, input)
    const { visitor } = request
    const doneAt = doneAtIn(request.headers[doneAtHeader], box, site)
    const ask = { action: known.name, key: ownKey(visitor, key), who: visitor.who, input, doneAt }
    const asked = box.act(site, ask)
    const late = () => Trouble.of('outcome_unknown', {}).with({ key })
    const answer = await within(parts.machine.timers, answerWithinMs, asked, late)
    return tell(parts, known, reply, { site, key, answer })
  }
}

/** An order is asked for by who may ask for orders at all, and for one of this kind. */
function expectOrder(
  { known }: ApiParts,
  { action }: KnownAction,
  visitor: Visitor,
  site: string,
  input: unknown,
): void {
  const name = action.orderKind?.(input as never)
  const kind = name === undefined ? undefined : known.orders.get(name)
  if (name === undefined || !kind || visitor.may({ name, allow: kind.allow }, site)) return
  throw Trouble.of('not_allowed', { site, roles: roleTexts(kind.allow) }).with({ allow: kind.allow })
}

/** Some inputs need more than the action does: what the hub owns is not a lead's to save. */
function expectDemands(
  { known: { settings } }: ApiParts,
  { name, pack, action }: KnownAction,
  visitor: Visitor,
  at: string,
  input: unknown,
): void {
  for (const { site, field, allow: roles } of action.demands?.(input as never, { site: at, settings }) ??
    []) {
    const allow = fullRoles(pack, name, roles)
    if (visitor.may({ name, allow }, site)) continue
    const owner = site === hubSite ? { en: 'the hub', fr: 'le hub' } : { en: site, fr: site }
    throw Trouble.of('owned_elsewhere', { field, owner, roles: roleTexts(allow) }).with({ field, allow })
  }
}

/** What became of an action that had to wait for the keeper: told to who asked for it. */
export function waited(parts: ApiParts, known: KnownAction) {
  return async (request: FastifyRequest, reply: FastifyReply) => {
    const { key } = request.params as { readonly key: string }
    const site = siteIn(parts, known, request)
    if (!isKey(key)) throw Trouble.of('ask_absent', {})
    const found = parts.box().asked(site, ownKey(request.visitor, key))
    if (!found || found.who !== request.visitor.who || found.action !== known.name)
      throw Trouble.of('ask_absent', {}).with({ key })
    return tell(parts, known, reply, { site, key, answer: found.answer })
  }
}

export function siteIn(
  { box }: ApiParts,
  { name, allow }: Permit,
  { query, visitor }: FastifyRequest,
): string {
  const { site, ...others } = query as Query
  const [stranger] = Object.keys(others)
  if (stranger !== undefined)
    throw Trouble.of('field_unknown', { field: stranger, names: 'site' }).with({ field: stranger })
  if (typeof site === 'object') throw Trouble.of('field_twice', { field: 'site' }).with({ field: 'site' })
  return oneSite(box().sites(), visitor, { name, allow }, site)
}

type Told = { readonly site: string; readonly key: string; readonly answer: Answer }

export function tell(
  parts: ApiParts,
  known: Pick<KnownAction, 'name' | 'pack'>,
  reply: FastifyReply,
  { site, key, answer }: Told,
) {
  reply.header(keyHeader, key)
  switch (answer.is) {
    case 'answered': {
      const { n, copies, again } = answer
      return reply.send({ n, answer: answer.answer ?? null, copies, again })
    }
    case 'waiting': {
      const until = epochOf(answer.until)
      const path = pathOf(parts.known, known.pack, known.name)
      const askAt = `${path}/${encodeURIComponent(key)}?site=${site}`
      return reply
        .code(202)
        .header('location', askAt)
        .header('retry-after', '5')
        .send({ until: until === null ? null : new Date(until).toISOString(), askAt })
    }
    case 'unknown':
      throw Trouble.of('outcome_unknown', {}).with({ key })
    case 'refused':
      throw refusalOf(parts, known.pack, answer.code, answer.detail).with({ key })
  }
}
