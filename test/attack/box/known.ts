import { know } from '../../../src/kernel/pack/kinds.ts'
import { kernelPack } from '../../../src/kernel/site/kernel-pack.ts'
import { packs } from '../../../src/packs/packs.ts'
import { fairWithTopics } from '../../../src/world/fair/topics.ts'

/** What the attacked program knows: every trade of this build, and the fair. */
export const known = know(kernelPack, [...packs, fairWithTopics])
