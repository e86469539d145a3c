import { useEffect, useState } from 'preact/hooks'
import { Button } from '../kit/button.tsx'
import { Panel } from '../kit/panel.tsx'
import { say } from '../kit/say.ts'
import type { LiveClient } from '../live/client.ts'
import type { Trades } from '../live/declared.ts'
import { isAway, lookWhoIsHere, me, welcome } from '../live/me.ts'
import { BoxContext } from '../live/use.ts'
import { FirstStart } from './first-start.tsx'
import type { ConsolePage } from './frame.tsx'
import { Frame } from './frame.tsx'
import { NotThere } from './home.tsx'
import { Lonely } from './lonely.tsx'
import { MustChange } from './must-change.tsx'
import { followLinks, go, path } from './route.ts'
import { SignIn } from './sign-in.tsx'
import { applyTheme, speak } from './tongue.ts'
import { words } from './words.ts'

type ConsoleProps = {
  readonly pages: readonly ConsolePage[]
  /** What the trades of the pages may ask for, only their entry knows. */
  readonly connect: () => Promise<LiveClient<Trades>>
}

/** The control room in a browser: first the box is set up, then somebody signs in, then there are its pages. */
export function Console({ pages, connect }: ConsoleProps) {
  useEffect(() => {
    applyTheme()
    speak()
    followLinks((each) => pages.some(({ path: known }) => known === each))
    void lookWhoIsHere()
  }, [])
  const person = me.value
  if (isAway.value && !person) return <Waiting />
  if (welcome.value?.setUp === false) return <FirstStart />
  if (person === undefined) return null
  if (person === null) return <SignIn />
  if (person.mustChange) return <MustChange />
  return <Signed key={person.account} pages={pages} connect={connect} />
}

function Waiting() {
  useEffect(() => {
    const timer = setInterval(() => void lookWhoIsHere(), 3_000)
    return () => clearInterval(timer)
  }, [])
  return (
    <Lonely>
      <Panel>
        <h1>{say(words.away)}</h1>
        <p class='soft'>{say(words.awayDo)}</p>
        <Button look='main' onPress={lookWhoIsHere}>
          {say(words.tryAgain)}
        </Button>
      </Panel>
    </Lonely>
  )
}

function Signed({ pages, connect }: ConsoleProps) {
  const [box, setBox] = useState<LiveClient<Trades>>()
  useEffect(() => {
    let isGone = false
    const connecting = connect()
    void connecting.then((client) => {
      if (!isGone) setBox(client)
    })
    return () => {
      isGone = true
      void connecting.then((client) => client.stop())
    }
  }, [])
  useEffect(() => {
    if (path.value === '/setup') go('/')
  }, [path.value])
  if (!box) return null
  const page = pages.find((each) => each.path === path.value && each.isFor())
  return (
    <BoxContext.Provider value={box}>
      <Frame pages={pages}>{page ? page.show() : <NotThere />}</Frame>
    </BoxContext.Provider>
  )
}
