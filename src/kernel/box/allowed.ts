import type { SiteFrame } from '../link/frames.ts'
import type { Standing } from './site-parts.ts'

const guest: readonly SiteFrame['t'][] = ['site', 'offer', 'records', 'ask']
const small: readonly SiteFrame['t'][] = [...guest, 'answer', 'clock', 'clocked']
const whole: readonly SiteFrame['t'][] = [...small, 'got', 'key', 'want', 'entries', 'ack', 'erased', 'nudge']

/** What a box may say for a site, by how this box sees it (SITE-4). */
export const allowed: Readonly<Record<Standing, ReadonlySet<SiteFrame['t']>>> = {
  whole: new Set(whole),
  small: new Set(small),
  left: new Set(guest),
  guest: new Set(guest),
}
