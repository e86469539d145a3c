import { know } from '../../src/kernel/pack/kinds.ts'
import { kernelPack } from '../../src/kernel/site/kernel-pack.ts'
import { fair } from '../../src/world/fair/pack.ts'

/** What every process of the crash tests knows. */
export const known = know(kernelPack, [fair])
export const site = 'fair'
