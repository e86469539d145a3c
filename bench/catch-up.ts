import { FairBox, site } from './parts/fair-box.ts'
import { figure } from './parts/figure.ts'
import { fill } from './parts/fill.ts'
import { Follower } from './parts/follower.ts'
import { inFolder } from './parts/folder.ts'
import { LinkServer } from './parts/link-server.ts'
import { besideOf } from './peers/peer.ts'
import { natsCatchUp } from './peers/nats.ts'
import { pouchCatchUp } from './peers/pouch.ts'
import type { Row } from './parts/row.ts'
import { row } from './parts/row.ts'

const rounds = 3
const count = 100_000

type Times = { readonly log: number[]; readonly views: number[]; readonly bytes: number[] }

/**
 * A new box that links to a keeper with 100,000 facts: until its own log has them on disk, and until its views
 * show them. Two processes, a link over loopback. The peers replicate the same bodies, in turn with us.
 */
export async function catchUp(): Promise<readonly Row[]> {
  return inFolder(async (folder) => {
    await using keeper = await FairBox.keeper(`${folder}/keeper`)
    await fill(keeper, count, 'catch-up')
    await using links = await LinkServer.open(keeper)
    const ours: Times = { log: [], views: [], bytes: [] }
    await using pouch = await pouchCatchUp(`${folder}/pouch`, count)
    await using nats = await natsCatchUp(`${folder}/nats`, count)
    for (let round = 0; round < rounds; round += 1) {
      await oneRound(`${folder}/follower-${round}`, keeper, links, ours)
      await pouch.round()
      await nats.round()
    }
    const log = figure('s', ours.log)
    const what = `catch-up of ${count.toLocaleString('en')} facts`
    return [
      row(`${what}, on disk`, log, { atMost: 5 }, besideOf(pouch)),
      row(`${what}, on disk`, log, undefined, besideOf(nats)),
      row(`${what}, views current`, figure('s', ours.views)),
      row('on the wire, both ways, a fact', figure('bytes', ours.bytes), { atMost: 45 }),
    ]
  })
}

async function oneRound(folder: string, keeper: FairBox, links: LinkServer, times: Times): Promise<void> {
  await using follower = await Follower.start(folder)
  await keeper.box.assign(site, { box: follower.box, publicKey: follower.publicKey, small: false })
  const before = links.bytes
  const { log, views } = await follower.follow(links.above, keeper.status.n)
  times.log.push(log)
  times.views.push(views)
  times.bytes.push((links.bytes - before) / count)
}
