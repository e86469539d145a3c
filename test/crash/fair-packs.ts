import { know } from '../../src/kernel/pack/kinds.ts'
import { kernelPack } from '../../src/kernel/site/kernel-pack.ts'
import { fairWithTopics } from '../../src/world/fair/topics.ts'

/** What every process of the crash tests knows. */
export const known = know(kernelPack, [fairWithTopics])
export const site = 'fair'
