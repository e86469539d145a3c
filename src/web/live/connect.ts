import type { AskStore } from './ask-store.ts'
import type { ClientParts, LiveClient } from './client.ts'
import { liveClient } from './client.ts'
import type { Trades } from './declared.ts'
import { here } from './here.ts'
import { indexedAsks } from './indexed-asks.ts'
import { memoryAsks } from './memory-asks.ts'

/** The box that served this page. Resolves when what was asked for here before is known again. */
export async function connect<All extends Trades>(
  more: Pick<ClientParts<All>, 'who' | 'token' | 'mayWait'>,
): Promise<LiveClient<All>> {
  return liveClient<All>({ ...more, here: here(), store: await kept() })
}

/** A browser may refuse to keep anything; the page says so (`asks.isDurable`), and works. */
async function kept(): Promise<AskStore> {
  try {
    return await indexedAsks()
  } catch {
    return memoryAsks()
  }
}
