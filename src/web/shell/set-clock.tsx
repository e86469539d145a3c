import { useCallback, useEffect, useState } from 'preact/hooks'
import { Button } from '../kit/button.tsx'
import { confirm } from '../kit/dialog.tsx'
import { Notice } from '../kit/notice.tsx'
import { moment, say, timeOfDay } from '../kit/say.ts'
import { toast } from '../kit/toast.tsx'
import { askNow } from '../live/ask-now.ts'
import { deviceTime } from '../live/here.ts'
import { holds, ownSite } from '../live/me.ts'
import { words } from './words.ts'

type Health = { readonly checks?: Readonly<Record<string, string>> }

/** A box whose clock nobody vouches for asks whoever looks: the device in the hand knows the time. */
export function SetClock({ sites }: { readonly sites: readonly string[] }) {
  const [isUnknown, setUnknown] = useState(false)
  const look = useCallback(async () => {
    const answer = await askNow<Health>('GET', '/api/health')
    if (answer.ok) setUnknown(answer.body.checks?.['clock'] === 'degraded')
  }, [])
  useEffect(() => void look(), [look])
  if (!isUnknown || !holds('lead')) return null
  const set = async () => {
    const isRight = await confirm({
      title: say(words.clockTitle),
      text: say(words.clockText, { now: `${moment(deviceTime())} (${timeOfDay(deviceTime())})` }),
      yes: say(words.clockYes),
    })
    if (!isRight) return
    for (const site of [ownSite, ...sites.filter((each) => each !== ownSite)]) {
      const answer = await askNow('POST', `/api/fleet/clock.set?site=${encodeURIComponent(site)}`, {
        time: deviceTime(),
      })
      if (!answer.ok) toast(`${answer.wrong.title} ${answer.wrong.doThis}`, 'bad')
    }
    await look()
  }
  return (
    <Notice
      is='watch'
      title={say(words.clockUnknown)}
      action={<Button onPress={set}>{say(words.clockSet)}</Button>}
    >
      {say(words.clockUnknownMore)}
    </Notice>
  )
}
