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
const all: Who = roles

export const actions: Readonly<Record<string, Who>> = {
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
  'role.grant',
  'site.handOver',
  'site.takeOver',
  'token.create',
  'volunteer.save',
]

export const queries: Readonly<Record<string, Who>> = {
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

/** Topics of devices: what who acts for may, with a token that names it. */
export const topics: Readonly<Record<string, { readonly send?: Who; readonly read?: Who }>> = {
  'fleet.state': { send: helpers },
  'fleet.told': { read: all },
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
/** Of those, what is not about a site: a lead of another one may it as well. */
export const anywhere: readonly string[] = [
  'GET /api/fleet/reach',
  'POST /api/fleet/people',
  ...Object.keys(doorRoutes).filter((route) => route.includes('/session')),
]

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
