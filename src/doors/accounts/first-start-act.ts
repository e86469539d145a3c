import { Trouble } from '../errors.ts'
import type { Done } from '../local.ts'
import type { AccountDoor } from './account-door.ts'

/** The code of first start, for whoever may read the data folder: `regie code`. */
export function firstStartAct(door: AccountDoor, address: () => string): Done {
  return {
    code: async () => {
      const open = door.now()
      if (!open) throw Trouble.of('starting', {})
      const code = await open.firstStart.code()
      if (code === undefined)
        throw Trouble.of('setup_done', { organisation: await open.accounts.organisation() })
      return { code, address: `${address()}#${code}`, seconds: Math.floor(open.firstStart.leftMs / 1000) }
    },
  }
}
