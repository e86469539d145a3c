import type { SettingsPort } from '../kernel/settings/handler.ts'
import type { Panel } from './panel.ts'
import type { Process } from './process.ts'

/** The panels of a world, each at one box for one site. */
export class Panels {
  readonly all = new Map<string, Panel>()

  put(box: string, site: string, panel: Panel): void {
    this.all.set(`${box} ${site}`, panel)
  }

  /** What one process of a box can set; nothing where the world has no panels at all. */
  portFor(box: string, process: Process): SettingsPort | undefined {
    if (this.all.size === 0) return undefined
    return {
      scope: () => ({ groups: ['all'], post: 'stand' }),
      handlers: (site) => {
        const panel = this.all.get(`${box} ${site}`)
        return new Map(panel ? [['fair', panel.handlerFor(process)]] : [])
      },
    }
  }
}
