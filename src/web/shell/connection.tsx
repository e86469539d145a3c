import { useEffect, useState } from 'preact/hooks'
import { Age } from '../kit/age.tsx'
import { Button } from '../kit/button.tsx'
import { Dialog } from '../kit/dialog.tsx'
import type { Standing } from '../kit/mark.tsx'
import { Mark, MarkOnly } from '../kit/mark.tsx'
import type { Texts } from '../kit/say.ts'
import { say, sayCount } from '../kit/say.ts'
import type { Ask, AskState } from '../live/ask.ts'
import { hasEnded } from '../live/ask.ts'
import type { LineState } from '../live/line.ts'
import { useBox } from '../live/use.ts'
import { words } from './words.ts'

const waitingWords = {
  one: { en: '{count} thing is not done yet', fr: '{count} demande n’est pas encore faite' },
  other: { en: '{count} things are not done yet', fr: '{count} demandes ne sont pas encore faites' },
} as const
const refusedWords = {
  one: { en: '{count} thing was refused', fr: '{count} demande a été refusée' },
  other: { en: '{count} things were refused', fr: '{count} demandes ont été refusées' },
} as const

/** A short absence is no news: pages that flicker are not believed. */
const patienceMs = 2_000

/** Tells the truth about the line to the box, and about what was asked for and is not done. */
export function Connection() {
  const box = useBox<Record<never, never>>()
  const [line, setLine] = useState<LineState>(box.line())
  const [asks, setAsks] = useState<readonly Ask[]>([])
  const [isOpen, setOpen] = useState(false)
  useEffect(() => box.onLine(setLine), [box])
  useEffect(() => box.asks.subscribe(setAsks), [box])
  const isLost = useLasting(line.is === 'away' || line.is === 'quiet', patienceMs)
  const waiting = asks.filter(({ state }) => !hasEnded(state))
  const refused = asks.filter(({ state }) => state.is === 'refused')
  const isNews = useLasting(waiting.length > 0, patienceMs) || refused.length > 0
  if (!isLost && !isNews) return null
  return (
    <div class={isLost || refused.length > 0 ? 'connection bad' : 'connection'} role='status'>
      {isLost && (
        <>
          <Mark is='bad' strong>
            {say(words.away)}
          </Mark>
          <span>
            {say(words.lineOld)} <Age ms={box.silence} />.
          </span>
          <span>{say(box.asks.isDurable ? words.lineKeeps : words.lineLoses)}</span>
        </>
      )}
      {waiting.length > 0 && <Mark is='busy'>{sayCount(waitingWords, waiting.length)}</Mark>}
      {refused.length > 0 && (
        <Mark is='bad' strong>
          {sayCount(refusedWords, refused.length)}
        </Mark>
      )}
      {asks.length > 0 && (
        <Button look='plain' onPress={() => setOpen(true)}>
          {say(words.look)}
        </Button>
      )}
      {isOpen && (
        <Dialog title={say(words.askedTitle)} onClose={() => setOpen(false)}>
          <ul class='answers'>
            {asks.map((ask) => (
              <AskLine key={ask.key} ask={ask} />
            ))}
          </ul>
        </Dialog>
      )}
    </div>
  )
}

const states: Readonly<Record<AskState['is'], { readonly is: Standing; readonly text: Texts }>> = {
  waiting: { is: 'busy', text: words.askWaiting },
  sent: { is: 'busy', text: words.askSent },
  unknown: { is: 'unknown', text: words.askUnknown },
  held: { is: 'busy', text: words.askHeld },
  answered: { is: 'good', text: words.askDone },
  refused: { is: 'bad', text: words.askRefused },
}

function AskLine({ ask }: { readonly ask: Ask }) {
  const box = useBox<Record<never, never>>()
  const { is, text } = states[ask.state.is]
  const why = ask.state.is === 'refused' ? `${ask.state.title} ${ask.state.doThis}` : say(text)
  return (
    <li>
      <MarkOnly is={is} />
      <div class='body'>
        <strong>{ask.action}</strong>
        <div class='small soft'>{why}</div>
      </div>
      {ask.state.is === 'waiting' && (
        <Button look='plain' onPress={() => box.asks.drop(ask.key)}>
          {say(words.takeBack)}
        </Button>
      )}
      {hasEnded(ask.state) && (
        <Button look='plain' onPress={() => box.asks.forget(ask.key)}>
          {say(words.seen)}
        </Button>
      )}
    </li>
  )
}

/** True once something has been so for a while. */
function useLasting(isSo: boolean, ms: number): boolean {
  const [lasts, setLasts] = useState(false)
  useEffect(() => {
    if (!isSo) {
      setLasts(false)
      return undefined
    }
    const timer = setTimeout(() => setLasts(true), ms)
    return () => clearTimeout(timer)
  }, [isSo, ms])
  return lasts
}
