import type { FastifyInstance } from 'fastify'
import type { Box } from '../../kernel/box/contract.ts'
import type { Machine } from '../../kernel/machine.ts'
import type { Known } from '../../kernel/pack/kinds.ts'
import { Trouble } from '../errors.ts'
import { act, waited } from './acts.ts'
import type { Guarded } from './guard.ts'
import type { DirectName } from '../../kernel/site/direct.ts'
import { directActs, directNames } from '../../kernel/site/direct.ts'
import { addDescription } from './description.ts'
import { direct, directHere } from './direct.ts'
import type { DoorRoute } from './door-route.ts'
import { addDoorRoutes } from './door-route.ts'
import { exporter } from './exports.ts'
import { guard } from './guard.ts'
import type { Watched } from './health.ts'
import { health } from './health.ts'
import { Crowd, Limits } from './limits.ts'
import type { ApiBox, ApiParts } from './parts.ts'
import { isInside, pathOf } from './parts.ts'
import { HttpCounts, metricsText } from './metrics.ts'
import { page } from './queries.ts'

export type ApiDoor = {
  readonly add: (server: FastifyInstance) => void
  /** What routes of others under /api put before themselves, so that all requests of a visitor count together. */
  readonly guarded: Guarded
  /** The sites that are served here; none before the box runs. */
  readonly sites: () => readonly string[]
  /** What is asked of this box itself, by whoever may read its data folder. Throws a Trouble. */
  readonly direct: (name: DirectName, input: { readonly site: string }, who: string) => Promise<unknown>
  /** Until this is called, whoever asks is asked to come back later. */
  readonly open: (box: Pick<Box, keyof ApiBox>) => void
  readonly close: () => void
}

/** The routes of everything that packs declare (HTTP-1). */
export function apiDoor(outer: {
  readonly known: Known
  /** Of this program, as the description names it. */
  readonly version?: string | undefined
  readonly machine: Pick<Machine, 'clock' | 'timers' | 'random' | 'log'>
  /** What those who watch over the box are told of; without it there is no health and there are no metrics. */
  readonly watched?: Watched | undefined
  /** What other doors do themselves, under the same limits and in the same description. */
  readonly routes?: readonly DoorRoute[] | undefined
}): ApiDoor {
  const { known, machine, routes = [] } = outer
  let served: ApiBox | undefined
  const box = (): ApiBox => {
    if (!served) throw Trouble.of('starting', {})
    return served
  }
  const parts: ApiParts = { known, machine, box }
  const counts = new HttpCounts()
  const sites = () => served?.sites() ?? []
  const guarded = guard({ limits: new Limits(machine.clock.mono), crowd: new Crowd() })

  function add(server: FastifyInstance): void {
    const exported = exporter(parts)
    const reading = guarded(['reads'])
    const exporting = guarded(['reads', 'sensitive'])
    const writing = guarded(['writes'])
    const sensitive = guarded(['writes', 'sensitive'])
    for (const query of known.queries.values()) {
      if (isInside(query)) continue
      const config = { permission: query.allow, bySite: true } as const
      const path = pathOf(known, query.pack, query.name)
      server.get(path, { config, onRequest: reading }, page(parts, query))
      for (const form of ['csv', 'json'] as const) {
        const only = { config, onRequest: exporting, exposeHeadRoute: false }
        server.get(`${path}.${form}`, only, exported(query, form))
      }
    }
    for (const each of known.actions.values()) {
      if (isInside(each)) continue
      const path = pathOf(known, each.pack, each.name)
      const config = { permission: each.allow, bySite: true } as const
      const onRequest = each.action.sensitive === true ? sensitive : writing
      server.post(path, { config, onRequest }, act(parts, each))
      if (each.action.away === 'refuse') continue
      server.get(`${path}/:key`, { config, onRequest: reading, exposeHeadRoute: false }, waited(parts, each))
    }
  }

  /** What is asked of this box itself, beside the actions that keepers decide. */
  function addDirect(server: FastifyInstance): void {
    for (const name of directNames) {
      const config = { permission: directActs[name].allow, bySite: true } as const
      server.post(
        pathOf(known, known.kernel, name),
        { config, onRequest: guarded(['writes', 'sensitive']) },
        direct(parts, name),
      )
    }
  }

  /** How it is, for those who watch over it (HTTP-13). */
  function addWatched(server: FastifyInstance, watched: Watched): void {
    counts.count(server)
    const { showing, readiness, vitals } = watched
    const config = { permission: 'public' } as const
    server.get('/api/health', { config, onRequest: guarded(['reads']) }, health(watched, sites))
    const closed = { permission: ['installer'], fromHere: true } as const
    server.get('/metrics', { config: closed }, (_, reply) => {
      const now = showing()
      const status = now.is === 'running' ? now.status : undefined
      if (status) readiness.observe(status)
      return reply
        .type('text/plain; version=0.0.4; charset=utf-8')
        .send(metricsText(counts, status, readiness, vitals()))
    })
  }

  return {
    add: (server) => {
      if (outer.watched) addWatched(server, outer.watched)
      addDescription(server, known, outer.version ?? '0', routes, guarded(['reads']))
      addDoorRoutes(server, routes, { known, machine, guarded })
      add(server)
      addDirect(server)
    },
    guarded,
    sites,
    direct: (name, input, who) => directHere(parts, name, input, who),
    open: (now) => {
      served = now
    },
    close: () => {
      served = undefined
    },
  }
}
