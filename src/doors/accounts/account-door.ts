import type { Box } from '../../kernel/box/contract.ts'
import type { Known } from '../../kernel/pack/kinds.ts'
import { epochOf } from '../../kernel/instant.ts'
import type { Machine } from '../../kernel/machine.ts'
import { hubSite } from '../../kernel/settings/target.ts'
import type { Visitor } from '../visitor.ts'
import { nobody } from '../visitor.ts'
import { Accounts } from './accounts.ts'
import { ClientMarks } from './client-marks.ts'
import { Directory } from './directory.ts'
import { FirstStart } from './first-start.ts'
import { Lockouts } from './lockouts.ts'
import type { Refusal } from './refusal-log.ts'
import { RefusalLog } from './refusal-log.ts'
import { Sessions } from './sessions.ts'
import { SignIn } from './sign-in.ts'
import type { Credentials } from './visitors.ts'
import { isNobody, visitorOf } from './visitors.ts'

export type Open = {
  readonly directory: Directory
  readonly sessions: Sessions
  readonly signIn: SignIn
  readonly accounts: Accounts
  readonly marks: ClientMarks
  readonly firstStart: FirstStart
  readonly box: Box
  /** Waits for the directory, which the first visitor has read. */
  readonly visitorOf: (credentials: Credentials) => Promise<Visitor>
  /** Writes down what somebody asked for and may not do. */
  readonly refused: (site: string | undefined, refusal: Refusal) => void
}

type OpenDoor = Open & { readonly onChange: AccountDoor['onChange']; readonly end: () => void }

/** Sessions and tokens that came to their end are noticed within this time by those who do not ask again. */
const lookEveryMs = 60_000

/** Who people, programs and devices are, for every door of a box. */
export type AccountDoor = {
  /** Undefined until the box is open. */
  readonly now: () => Open | undefined
  readonly visitorOf: (credentials: Credentials) => Promise<Visitor>
  /** Writes down what somebody asked for and may not do, at the site that was named, if it is served here. */
  readonly refused: (site: string | undefined, refusal: Refusal) => void
  /** Tells when some visitor may no longer be who he was, and now and then in any case: sessions end by themselves. */
  readonly onChange: (tell: () => void) => () => void
  readonly open: (box: Box) => void
  readonly close: () => void
}

export function accountDoor(machine: Machine, known: Known): AccountDoor {
  let opened: OpenDoor | undefined
  return {
    now: () => opened,
    visitorOf: async (credentials) => (await opened?.visitorOf(credentials)) ?? nobody,
    refused: (site, refusal) => opened?.refused(site, refusal),
    onChange: (tell) => opened?.onChange(tell) ?? (() => {}),
    open: (box) => {
      opened = openDoor(box, machine, known)
    },
    close: () => {
      opened?.end()
      opened = undefined
    },
  }
}

function openDoor(box: Box, machine: Machine, known: Known): OpenDoor {
  const directory = new Directory(box, machine.timers)
  const lockouts = new Lockouts(machine.clock.mono)
  const sessions = new Sessions({ box, directory, machine })
  const log = new RefusalLog(box, machine)
  const sites = () => box.status().sites.map(({ site }) => site)
  const refused = (site: string | undefined, refusal: Refusal) => {
    const isServed = site !== undefined && sites().includes(site)
    const where = isServed ? site : sites().includes(hubSite) ? hubSite : sites()[0]
    if (where !== undefined) log.tell(where, refusal)
  }
  forgiveUnlocked(directory, lockouts)
  const signIn = new SignIn({
    directory,
    lockouts,
    vault: (site) => box.vault(site),
    now: (site) => box.now(site),
    rest: (ms) => new Promise((resolve) => (ms === 0 ? resolve() : void machine.timers.after(ms, resolve))),
    refused: (site, account, why, address) =>
      refused(site, { kind: 'login.refused', body: { account, why, address } }),
    codeUsed: async ({ site, account }, code) => {
      await box.record(site, [{ kind: 'account.codeUsed', body: { account, code } }])
    },
  })
  const epoch = (site: string) => (sites().includes(site) ? epochOf(box.now(site)) : null)
  return {
    directory,
    sessions,
    signIn,
    marks: new ClientMarks(machine.random),
    firstStart: new FirstStart({ box, machine }),
    box,
    accounts: new Accounts({ box, machine, known, directory }),
    visitorOf: async (credentials) => {
      if (isNobody(credentials)) return nobody
      await directory.known()
      return visitorOf(credentials, { directory, sessions, epoch })
    },
    refused,
    onChange: (tell) => {
      const stop = [directory.onChange(tell), sessions.onClose(tell), every(machine, lookEveryMs, tell)]
      return () => stop.forEach((each) => each())
    },
    end: () => {
      log.stop()
      directory.close()
    },
  }
}

function every({ timers }: Pick<Machine, 'timers'>, ms: number, tell: () => void): () => void {
  let cancel = timers.after(ms, function again() {
    tell()
    cancel = timers.after(ms, again)
  })
  return () => cancel()
}

/** Whom a lead lets try again, may do so at every box of the site. */
function forgiveUnlocked(directory: Directory, lockouts: Lockouts): void {
  const seen = new Map<string, number>()
  directory.onChange(() => {
    for (const [account, n] of directory.unlocks()) {
      if (n > (seen.get(account) ?? 0)) lockouts.unlock(account)
      seen.set(account, n)
    }
  })
}
