/**
 * Who may what, typed from the page of each trade and not from the code: where the two differ, one of them is wrong.
 * A name stands for itself and all who are above it (owner, manager, installer or lead, volunteer, viewer).
 */
export const roles = ['owner', 'manager', 'installer', 'lead', 'volunteer', 'viewer'] as const
export type Role = (typeof roles)[number]
type Who = readonly Role[] | 'everybody' | 'the box itself'

const owners: Who = ['owner']
const managers: Who = ['owner', 'manager']
const leads: Who = ['owner', 'manager', 'lead']
/** What owners do with everybody, and leads with the volunteers of their site. */
const ownersAndLeads: Who = ['owner', 'manager', 'lead']
const inCharge: Who = ['owner', 'manager', 'installer', 'lead']
const helpers: Who = ['owner', 'manager', 'installer', 'lead', 'volunteer']
/** Whoever works at a stall of the fair. */
const volunteers: Who = ['owner', 'manager', 'lead', 'volunteer']
const all: Who = roles
const noOne: Who = []

export const actions: Readonly<Record<string, Who>> = {
  'fair.book': volunteers,
  'fair.close': leads,
  'fair.drop': volunteers,
  'fair.grant': volunteers,
  'fair.honour': leads,
  'fair.pay': volunteers,
  'fair.payBack': volunteers,
  'fair.receive': leads,
  'fair.send': volunteers,
  'fair.topUp': volunteers,
  'fair.transfer': volunteers,
  'account.prove': owners,
  'account.save': owners,
  'account.suspend': owners,
  'box.assign': inCharge,
  'box.unassign': leads,
  'clock.set': leads,
  'facts.erase': owners,
  'login.lend': 'the box itself',
  'login.unlock': ownersAndLeads,
  'order.cancel': inCharge,
  'order.issue': helpers,
  'order.retry': inCharge,
  'orphan.drop': leads,
  'quarantine.admit': leads,
  'role.grant': owners,
  'role.remove': owners,
  'session.end': owners,
  'setting.override': leads,
  'setting.restore': leads,
  'setting.return': leads,
  'setting.save': leads,
  'site.handOver': leads,
  'site.save': managers,
  'site.takeOver': leads,
  'token.create': owners,
  'token.revoke': owners,
  'volunteer.signOut': ownersAndLeads,
  'volunteer.save': ownersAndLeads,
  'volunteer.suspend': ownersAndLeads,
}

/** What opens something or cannot be taken back: nobody does it 31 times in a minute. */
export const sensitive: readonly string[] = [
  'account.prove',
  'box.assign',
  'facts.erase',
  'fair.close',
  'role.grant',
  'site.handOver',
  'site.takeOver',
  'token.create',
  'volunteer.save',
]
/** The same of what doors do themselves. */
export const sensitiveRoutes: readonly string[] = [
  'POST /api/fleet/setup',
  'POST /api/fleet/people',
  'PUT /api/fleet/people/:account/password',
  'POST /api/fleet/people/:account/sign-out',
  'POST /api/fleet/people/:account/unlock',
  'DELETE /api/fleet/people/:account/totp',
  'POST /api/fleet/tokens',
  'PUT /api/fleet/session/password',
  'POST /api/fleet/session/totp',
  'PUT /api/fleet/session/totp',
  'DELETE /api/fleet/session/totp',
]

export const queries: Readonly<Record<string, Who>> = {
  'fair.books': all,
  'fair.carries': all,
  'fair.passed': all,
  'fair.regulars': all,
  'fair.stalls': 'everybody',
  'fair.wallet': all,
  accounts: ownersAndLeads,
  boxes: all,
  'fleet.devices': all,
  doorCodes: 'the box itself',
  doorConfirmed: 'the box itself',
  doorLendings: 'the box itself',
  doorPeople: 'the box itself',
  doorProofs: 'the box itself',
  doorRoles: 'the box itself',
  doorSessions: 'the box itself',
  doorTokens: 'the box itself',
  lendings: ownersAndLeads,
  orphans: inCharge,
  quarantine: inCharge,
  refusals: ownersAndLeads,
  sessions: ownersAndLeads,
  sites: all,
  tokens: owners,
}

/** What devices say and hear, by which role of the account that their token acts for. */
export const topics: Readonly<
  Record<string, { readonly topic: string; readonly publish: Who; readonly subscribe: Who }>
> = {
  'fair.read': { topic: 'gates/north/read', publish: volunteers, subscribe: noOne },
  'fair.reading': { topic: 'sensors/{device}/reading', publish: volunteers, subscribe: all },
  // Whoever pays hears the answer.
  'fair.pay': { topic: 'tills/{device}/pay', publish: volunteers, subscribe: noOne },
  'fair.grant': { topic: 'tills/{device}/grant', publish: volunteers, subscribe: noOne },
  'fair.lamp': { topic: 'lamps/left/set', publish: volunteers, subscribe: all },
  'fair.note': { topic: 'notes/{device}', publish: volunteers, subscribe: all },
  'fair.whisper': { topic: 'whispers/{device}', publish: volunteers, subscribe: all },
  'fair.status': { topic: 'devices/{device}/status', publish: volunteers, subscribe: all },
  'fair.books': { topic: 'books/bank', publish: noOne, subscribe: all },
  'fleet.state': { topic: 'devices/{device}/state', publish: helpers, subscribe: noOne },
  'fleet.told': { topic: 'devices/{device}', publish: noOne, subscribe: all },
}

/** What no pack declares: what a device hears of it. */
export const filters: Readonly<Record<string, Who>> = {
  '#': all,
  'lamps/#': all,
  '+/+/set': all,
  'tills/{device}/answer': volunteers,
  'reply/{device}/#': all,
  'reply/other/#': noOne,
  'nobody/declared': noOne,
  '$SYS/#': noOne,
  '$share/all/lamps/left/set': noOne,
}
/** Nor sends anybody for another, or where the box alone speaks. */
export const neverSent: readonly string[] = [
  'sensors/other/reading',
  'tills/other/pay',
  'notes/other',
  'devices/other/status',
  'devices/other/state',
  'reply/{device}',
  'reply/other',
  'tills/{device}/answer',
  'nobody/declared',
  '$SYS/broker',
]

/** Requests that become sockets: what a page of somebody else hears, and a program without a page. */
export const upgrades: Readonly<Record<string, { readonly foreign: number; readonly program: number }>> = {
  '/api/live': { foreign: 403, program: 101 },
  // Boxes only, told apart by their keys inside.
  '/link': { foreign: 403, program: 101 },
  '/api/live?token=x': { foreign: 400, program: 400 },
  '/': { foreign: 404, program: 404 },
  '/api/fleet/boxes': { foreign: 404, program: 404 },
}

/** What doors do themselves, by who may, at the site that is asked. Of one's own account: whoever is signed in. */
export const doorRoutes: Readonly<Record<string, Who>> = {
  'GET /api/fleet/audit': leads,
  'GET /api/fleet/audit.csv': leads,
  'GET /api/fleet/reach': all,
  'POST /api/fleet/people': ownersAndLeads,
  'PUT /api/fleet/people/:account/password': ownersAndLeads,
  'POST /api/fleet/people/:account/sign-out': ownersAndLeads,
  'POST /api/fleet/people/:account/unlock': ownersAndLeads,
  'DELETE /api/fleet/people/:account/totp': owners,
  'POST /api/fleet/tokens': owners,
  'PUT /api/fleet/session/password': all,
  'PATCH /api/fleet/session': all,
  'POST /api/fleet/session/totp': all,
  'PUT /api/fleet/session/totp': all,
  'DELETE /api/fleet/session/totp': all,
  'GET /api/fleet/session/all': all,
  'DELETE /api/fleet/session/:id': all,
}
/** Of those, what is not asked of the site that a stranger comes from: what he hears instead of 404. */
export const elsewhere: readonly (readonly [route: RegExp, lead: 'in' | 403, token: 'in' | 401 | 403])[] = [
  // A token has no account of its own.
  [/ \/api\/fleet\/session/, 'in', 401],
  [/ \/api\/fleet\/reach$/, 'in', 'in'],
  // Of his own site he may add somebody.
  [/ \/api\/fleet\/people$/, 'in', 'in'],
  [/ \/api\/fleet\/tokens$/, 403, 403],
]

/** Pages, where they were built. Everybody gets them, with or without a name: what they show they ask for. */
export const pages: readonly string[] = ['/', '/setup', '/account', '/fleet/accounts', '/fleet/audit', '/kit']
/** What they load: hashed by what is in it. */
export const pageFile = /^\/assets\/[\w.-]+-[\w-]{8}\.(?:css|js|svg|woff2)$/

/** Addresses beside those of actions and queries: what anybody gets there without a name. */
export const others: Readonly<Record<string, 'open' | 'sign in' | 'boxes only' | 'from here, or by name'>> = {
  'GET /api/fleet/welcome': 'open',
  'POST /api/fleet/setup': 'open',
  'GET /': 'open',
  'GET /api': 'open',
  'GET /api/description.css': 'open',
  'GET /api/health': 'open',
  'GET /api/openapi.json': 'open',
  'GET /api/fleet/session': 'sign in',
  'POST /api/fleet/session': 'open',
  'DELETE /api/fleet/session': 'open',
  'GET /live': 'open',
  'GET /status': 'open',
  'GET /metrics': 'from here, or by name',
  'GET /ready': 'open',
  'GET /regie.css': 'open',
  'GET /regie.js': 'open',
  'GET /regie.svg': 'open',
  'GET /blobs/:sha256': 'boxes only',
  'GET /blobs/:sha256/manifest': 'boxes only',
  'POST /blobs/:sha256': 'boxes only',
  'POST /blobs/:sha256/done': 'boxes only',
  'PUT /blobs/:sha256/:chunk': 'boxes only',
}
