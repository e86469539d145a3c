import type { BoxStatus, SiteStatus } from '../kernel/box/contract.ts'

/** A box that keeps one site, with nothing to complain about; tests change what they are about. */
export const aSite: SiteStatus = {
  site: 'trail-des-cretes',
  role: 'keeping',
  why: '',
  term: '1.k.1.s',
  n: 12_345,
  chain: 'c',
  viewLag: 0,
  top: 12_345,
  unsent: 0,
  copies: 2,
  orphans: 0,
  quarantine: 0,
  waiting: 0,
  clones: 0,
  left: false,
  clock: { quality: 3, within: 12, by: 'network' },
}

export const aStatus: BoxStatus = {
  box: '0123456789ab',
  store: { state: 'ok', detail: '' },
  sites: [aSite],
  links: [{ box: 'ba9876543210', since: 0 }],
  slow: [],
}
