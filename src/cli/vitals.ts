import { readFileSync } from 'node:fs'
import { cpus, freemem, loadavg, totalmem } from 'node:os'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Box, SiteStatus } from '../kernel/box/contract.ts'
import type { Metrics } from '../kernel/samples/metrics.ts'

/** What a machine can tell of itself. Returns how to end it. */
export function measureMachine(metrics: Metrics): () => void {
  const loop = monitorEventLoopDelay({ resolution: 20 })
  loop.enable()
  metrics.add('cpu', cpuMeter())
  metrics.add('load', () => loadavg()[0])
  metrics.add('memory', () => 1 - freemem() / totalmem())
  metrics.add('rss', () => process.memoryUsage.rss())
  metrics.add('celsius', celsius)
  metrics.add('loopDelayMs', () => {
    const worst = loop.max / 1e6
    loop.reset()
    return worst
  })
  return () => loop.disable()
}

/** What a box can tell of its work. */
export function measureBox(metrics: Metrics, box: Box): void {
  const sum = (of: (site: SiteStatus) => number) => () =>
    box.status().sites.reduce((total, site) => total + of(site), 0)
  metrics.add('sites', () => box.status().sites.length)
  metrics.add('links', () => box.status().links.length)
  metrics.add(
    'unsent',
    sum(({ unsent }) => unsent),
  )
  metrics.add(
    'viewLag',
    sum(({ viewLag }) => viewLag),
  )
  metrics.add(
    'orphans',
    sum(({ orphans }) => orphans),
  )
  metrics.add(
    'quarantine',
    sum(({ quarantine }) => quarantine),
  )
}

/** The part of the time since it was asked last that the processors were busy. */
function cpuMeter(): () => number {
  const times = () => {
    const all = cpus().map((cpu) => cpu.times)
    const total = all.reduce((sum, time) => sum + time.user + time.nice + time.sys + time.irq + time.idle, 0)
    return { total, idle: all.reduce((sum, { idle }) => sum + idle, 0) }
  }
  let before = times()
  return () => {
    const now = times()
    const total = now.total - before.total
    const busy = total > 0 ? 1 - (now.idle - before.idle) / total : 0
    before = now
    return busy
  }
}

/** Undefined on a machine that does not tell. */
function celsius(): number | undefined {
  try {
    return Number(readFileSync('/sys/class/thermal/thermal_zone0/temp', 'utf8')) / 1000
  } catch {
    return undefined
  }
}
