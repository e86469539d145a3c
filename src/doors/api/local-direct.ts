import { z } from 'zod'
import { Trouble } from '../errors.ts'
import type { Done } from '../local.ts'
import type { ApiDoor } from './door.ts'

const about = z.looseObject({ site: z.string() })

/** What whoever may read the data folder asks of its box itself: `regie site hand-over`, `take-over`. */
export function localDirectActs({ direct }: Pick<ApiDoor, 'direct'>): Done {
  const act = (name: Parameters<typeof direct>[0]) => async (given: unknown) => {
    const input = about.safeParse(given)
    if (!input.success) throw Trouble.of('request_invalid', { reason: 'it names no site' })
    return direct(name, input.data, 'console')
  }
  return { 'site hand-over': act('site.handOver'), 'site take-over': act('site.takeOver') }
}
