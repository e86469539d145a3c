import type { CardImage } from '../card.ts'
import type { Installer } from '../installer.ts'
import type { Lead } from '../lead.ts'
import type { Dice } from '../random.ts'
import type { World } from '../world.ts'

/** What a fault may use. */
export type Stage = {
  readonly world: World
  readonly dice: Dice
  readonly lead: Lead
  readonly installer: Installer
  /** What was on a box's card at some earlier moment. */
  readonly images: Map<string, CardImage>
}

/** Does it, and names the boxes that it met; nothing where it cannot happen now. */
export type Fault = (stage: Stage) => readonly string[] | undefined

export const seconds = (count: number): number => count * 1000
export const minutes = (count: number): number => count * 60_000
