import { z } from 'zod'
import { facts as accountFacts } from '../accounts/facts.ts'
import { clockFacts } from '../clock/facts.ts'
import { facts as orders } from '../orders/facts.ts'
import { facts as afarFacts } from '../afar/facts.ts'
import { facts as settingFacts } from '../settings/facts.ts'
import { aboutFacts } from './about.ts'
import { decision, erasable, record } from '../pack/fact.ts'
import { timerFacts } from '../timers/facts.ts'

const id = z.string().regex(/^[0-9a-z]{4,32}$/)
const place = z.int().positive()
const term = z.string().max(100)

/** Places that one entry erases. */
export const mostErased = 500

/** The facts that every site's log can hold, whatever its trade. */
export const facts = {
  ...clockFacts,
  ...timerFacts,
  ...afarFacts,
  ...settingFacts,
  ...accountFacts,
  ...aboutFacts,
  /** First in each stream: which stream of the same box came before, and how far it had come. */
  'stream.opened': record(
    z.object({ boot: z.string().max(64), before: id.nullable(), beforeSeq: z.int().nonnegative() }),
  ),
  /** A term begins here. */
  'site.keeper': decision(
    z.object({
      term,
      how: z.enum(['birth', 'start', 'handover', 'takeover', 'merge']),
      /** The boot that the keeper's instants count from. */
      boot: z.string().max(64).optional(),
      /** Who said so, of a take-over. */
      by: z.string().max(200).optional(),
    }),
  ),
  /** The keeper stops here, for good, in favour of another box. */
  'site.handedOver': decision(z.object({ to: id, reign: place, by: z.string().max(200).optional() })),
  /** A box serves this site. `small`: it does not follow the log. */
  'box.assigned': decision(z.object({ box: id, publicKey: z.string().max(100), small: z.boolean() })),
  'box.unassigned': decision(z.object({ box: id })),
  /** A decision of a branch that lost: kept whole, not applied, until a person settles it. */
  'orphan.kept': decision(z.object({ term, n: place, head: z.string(), kinds: z.int().nonnegative() })),
  /** One line of an orphan, as it stood. It may hold a person, so it can be erased. */
  'orphan.line': erasable(decision(z.object({ term, n: place, i: z.int().nonnegative(), line: z.string() }))),
  'orphan.settled': decision(
    z.object({ term, n: place, how: z.string().max(40), note: z.string().max(2000) }),
  ),
  /**
   * A record that its keeper could not judge is let in after all: its head, and its body, unless it holds a
   * person. Then the body stays at its place, where it can be erased.
   */
  'quarantine.admitted': decision(z.object({ n: place, head: z.string(), body: z.unknown().optional() })),
  /** These places hold a person no more. */
  'facts.erased': decision(
    z.object({ places: z.array(z.object({ n: place, i: z.int().nonnegative() })).max(mostErased) }),
  ),
  /** The views before this entry have this hash under these rules. */
  'base.laid': decision(z.object({ rules: z.string().max(64), views: z.string().max(64) })),
  ...orders,
}
