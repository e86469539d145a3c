import { House, ScrollText, UserRound, Users } from 'lucide'
import { render } from 'preact'
import type { ConsolePage } from '../shell/frame.tsx'
import { Console } from '../shell/console.tsx'
import { Home } from '../shell/home.tsx'
import { OwnAccount } from '../shell/own-account.tsx'
import { words } from '../shell/words.ts'
import { Audit } from '../../packs/fleet/pages/audit.tsx'
import { People } from '../../packs/fleet/pages/people.tsx'
import type { queries } from '../../packs/fleet/queries.ts'
import { connect } from '../live/connect.ts'
import { holds, me } from '../live/me.ts'

/** The pages of the control room, in the order in which they are listed. */
const pages: readonly ConsolePage[] = [
  { path: '/', title: words.home, icon: House, isFor: () => true, show: () => <Home /> },
  {
    path: '/fleet/accounts',
    title: words.people,
    icon: Users,
    isFor: () => holds('owner', 'lead'),
    show: () => <People />,
  },
  {
    path: '/fleet/audit',
    title: words.audit,
    icon: ScrollText,
    isFor: () => holds('owner', 'manager', 'lead'),
    show: () => <Audit />,
  },
  {
    path: '/account',
    title: words.myAccount,
    icon: UserRound,
    isFor: () => true,
    show: () => <OwnAccount />,
    listed: false,
  },
]

/** The trades of this build, as types alone. */
type Packs = { readonly fleet: { readonly queries: typeof queries } }

const connectHere = () => connect<Packs>({ who: () => me.value?.account ?? '', mayWait: {} })

const place = document.getElementById('app')
if (place) render(<Console pages={pages} connect={connectHere} />, place)
