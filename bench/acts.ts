import { callsPerSecond } from './parts/callers.ts'
import { FairBox, site } from './parts/fair-box.ts'
import { figure } from './parts/figure.ts'
import { Follower } from './parts/follower.ts'
import { inFolder } from './parts/folder.ts'
import { LinkServer } from './parts/link-server.ts'
import type { Row } from './parts/row.ts'
import { row } from './parts/row.ts'

const rounds = 5
const callers = 100
const roundMs = 2_000

/** Decisions at a keeper that nobody follows, and at one whose answers wait for the disk of a second process. */
export async function acts(): Promise<readonly Row[]> {
  return inFolder(async (folder) => {
    await using alone = await FairBox.keeper(`${folder}/alone`)
    await using followed = await FairBox.keeper(`${folder}/followed`)
    await using links = await LinkServer.open(followed)
    await using follower = await Follower.start(`${folder}/follower`)
    await followed.box.assign(site, { box: follower.box, publicKey: follower.publicKey, small: false })
    await follower.follow(links.above, followed.status.n)
    const grants = { alone: granting(alone, 1), followed: granting(followed, 2) }
    await callsPerSecond(callers, 500, grants.alone.calls)
    await callsPerSecond(callers, 500, grants.followed.calls)
    const rates = { alone: [] as number[], followed: [] as number[] }
    for (let round = 0; round < rounds; round += 1) {
      rates.alone.push(await callsPerSecond(callers, roundMs, grants.alone.calls))
      rates.followed.push(await callsPerSecond(callers, roundMs, grants.followed.calls))
    }
    return [
      row(`act, ${callers} callers, no follower`, figure('acts/s', rates.alone)),
      row(`act, ${callers} callers, 1 follower`, figure('acts/s', rates.followed)),
      row('act, 1 follower: answered without the second copy', figure('%', [withoutCopy(grants.followed)])),
    ]
  })
}

const withoutCopy = ({ single, asked }: Granting): number => (100 * single) / asked

type Granting = { readonly calls: (caller: number) => Promise<boolean>; single: number; asked: number }

/** Each decided anew. An answer that came without the second copy, because that disk stalled, is not counted. */
function granting({ box }: FairBox, copies: number): Granting {
  const tally: Granting = {
    single: 0,
    asked: 0,
    calls: async (caller) => {
      const input = { tag: `tag-${caller}`, cents: 100 }
      tally.asked += 1
      const key = `grant ${tally.asked}`
      const answer = await box.act(site, { action: 'fair.grant', key, who: 'bench', input })
      if (answer.is !== 'answered' || answer.again) throw new Error(`no decision: ${JSON.stringify(answer)}`)
      if (answer.copies < copies) tally.single += 1
      return answer.copies >= copies
    },
  }
  return tally
}
