import { manualMachine } from '../../kernel/manual-machine.ts'
import { know } from '../../kernel/pack/kinds.ts'
import { kernelPack } from '../../kernel/site/kernel-pack.ts'
import { accountDoor } from './account-door.ts'

/** Knows nobody: no box is open behind it. */
export const noAccounts = accountDoor(manualMachine().machine, know(kernelPack, []))
