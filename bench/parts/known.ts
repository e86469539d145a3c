import type { Known } from '../../src/kernel/pack/kinds.ts'
import { know } from '../../src/kernel/pack/kinds.ts'
import { kernelPack } from '../../src/kernel/site/kernel-pack.ts'
import { fair } from '../../src/world/fair/pack.ts'

/** The benches know the kernel and the small fair. */
export const known: Known = know(kernelPack, [fair])
