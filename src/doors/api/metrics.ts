import type { FastifyInstance } from 'fastify'
import type { BoxStatus, SiteStatus } from '../../kernel/box/contract.ts'
import type { Readiness } from '../readiness.ts'
import type { Vitals } from './health.ts'

/** Seconds, each bucket with those below it. */
const buckets = [0.005, 0.025, 0.1, 0.3, 1, 5, 30] as const

/** What was asked of the web door, counted by the pattern of its route: never by an address, of which there are endless. */
export class HttpCounts {
  readonly #requests = new Map<string, number>()
  readonly #within: number[] = buckets.map(() => 0)
  #count = 0
  #seconds = 0

  count(server: FastifyInstance): void {
    server.addHook('onResponse', async (request, reply) => {
      const route = request.routeOptions.url ?? 'none'
      this.add(`${request.method} ${route}`, reply.statusCode, reply.elapsedTime / 1000)
    })
  }

  add(route: string, code: number, seconds: number): void {
    const name = labels({ route, code: String(code) })
    this.#requests.set(name, (this.#requests.get(name) ?? 0) + 1)
    this.#count += 1
    this.#seconds += seconds
    for (const [at, most] of buckets.entries())
      if (seconds <= most) this.#within[at] = (this.#within[at] ?? 0) + 1
  }

  lines(): readonly string[] {
    const within = buckets.map(
      (most, at) => `regie_http_seconds_bucket${labels({ le: String(most) })} ${this.#within[at]}`,
    )
    return [
      ...head('http_requests_total', 'counter', 'Requests that were answered.'),
      ...[...this.#requests].map(([name, count]) => `regie_http_requests_total${name} ${count}`),
      ...head('http_seconds', 'histogram', 'Time from a request to the end of its answer.'),
      ...within,
      `regie_http_seconds_bucket{le="+Inf"} ${this.#count}`,
      `regie_http_seconds_sum ${this.#seconds}`,
      `regie_http_seconds_count ${this.#count}`,
    ]
  }
}

/** As Prometheus reads it. What a box cannot measure is left out. */
export function metricsText(
  counts: HttpCounts,
  status: BoxStatus | undefined,
  readiness: Readiness,
  { measured }: Vitals,
): string {
  const { sites = [] } = status ?? {}
  const bySite = (name: string, help: string, of: (site: SiteStatus) => number | string) =>
    sites.length === 0
      ? []
      : [
          ...head(name, 'gauge', help),
          ...sites.map((site) => `regie_${name}${labels({ site: site.site })} ${of(site)}`),
        ]
  const vital = (name: string, meter: string, help: string) =>
    measured[meter] === undefined ? [] : [...head(name, 'gauge', help), `regie_${name} ${measured[meter]}`]
  const lines = [
    ...bySite('unsent_facts', 'Records that the log does not have yet.', ({ unsent }) => unsent),
    ...bySite('view_lag_seconds', 'For how long the views have been behind the log.', ({ site }) =>
      seconds(readiness.lagSeconds(site)),
    ),
    ...bySite('quarantine', 'Records that cannot be used.', ({ quarantine }) => quarantine),
    ...bySite('orphans', 'Decisions of lost branches.', ({ orphans }) => orphans),
    ...vital('box_cpu_ratio', 'cpu', 'The part of the time that the processors were busy.'),
    ...vital('box_memory_ratio', 'memory', 'The part of the memory that is in use.'),
    ...vital('box_disk_ratio', 'disk', 'The part of the disk that is in use.'),
    ...vital('box_celsius', 'celsius', 'The temperature of the processor.'),
    ...vital(
      'site_broker_connected',
      'siteBroker',
      '1 while there is a line to the broker of the site, else 0.',
    ),
    ...counts.lines(),
  ]
  return `${lines.join('\n')}\n`
}

/** As Prometheus writes what has no end. */
const seconds = (value: number): number | string => (Number.isFinite(value) ? value : '+Inf')

const head = (name: string, type: string, help: string): readonly string[] => [
  `# HELP regie_${name} ${help}`,
  `# TYPE regie_${name} ${type}`,
]

const escaped = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')

const labels = (named: Readonly<Record<string, string>>): string =>
  `{${Object.entries(named)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',')}}`
