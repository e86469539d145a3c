import type { Known } from '../kernel/pack/kinds.ts'
import { know } from '../kernel/pack/kinds.ts'
import { kernelPack } from '../kernel/site/kernel-pack.ts'
import { packs } from '../packs/packs.ts'

/** What this build knows, the same in every thread. */
export const known: Known = know(kernelPack, packs)
