import type { Pack } from '../kernel/pack/pack.ts'
import { fleet } from './fleet/pack.ts'

/** The trades of this build. */
export const packs: readonly Pack[] = [fleet]
