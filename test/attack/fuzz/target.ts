import type { AttackedBox } from '../box/attacked-box.ts'

/** What a box has acknowledged, and so must have. */
export class Acked {
  readonly decisions: (readonly [site: string, n: number, key: string])[] = []
  /** Records by gate and number. */
  readonly records = new Set<string>()

  decided(site: string, n: number, key: string): void {
    this.decisions.push([site, n, key])
  }

  recorded(name: string): void {
    this.records.add(name)
  }
}

/** A box that is attacked, those who may attack it by name, and what it has said that it has. */
export type Target = {
  readonly port: number
  readonly mqtt: number
  readonly mqttWs: number
  /** Of programs that may everything. */
  readonly tokens: readonly string[]
  /** Of devices, by their names. */
  readonly devices: readonly { readonly id: string; readonly token: string }[]
  readonly acked: Acked
  /** Why it runs no more. */
  readonly ended: string | undefined
}

export function targetOf(box: AttackedBox, parts: Pick<Target, 'tokens' | 'devices'>): Target {
  const { port, ports } = box.said
  return {
    ...parts,
    port,
    mqtt: ports.mqtt ?? 0,
    mqttWs: ports.mqttWs ?? 0,
    acked: new Acked(),
    get ended() {
      return box.ended
    },
  }
}
