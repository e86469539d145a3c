import { Boxes, MapPin } from 'lucide'
import { useEffect, useState } from 'preact/hooks'
import { LinkButton } from '../kit/button.tsx'
import { Heading } from '../kit/heading.tsx'
import type { Standing } from '../kit/mark.tsx'
import { Mark, MarkOnly } from '../kit/mark.tsx'
import { Empty, Facts, Panel } from '../kit/panel.tsx'
import { Qr } from '../kit/qr.tsx'
import { number, say } from '../kit/say.ts'
import { askNow } from '../live/ask-now.ts'
import { isOwner, me, ownSite } from '../live/me.ts'
import { useQueryOf } from '../live/use.ts'
import { SetClock } from './set-clock.tsx'
import { words } from './words.ts'

const useQuery = useQueryOf<Record<never, never>>()

/** Where one begins: how the sites are, and what to do next. */
export function Home() {
  const { rows } = useQuery('sites', {})
  const { name, login } = me.value ?? { name: null, login: null }
  return (
    <>
      <Heading title={say(words.hello, { name: name ?? login ?? '' })} />
      <SetClock sites={rows.map(({ site }) => site)} />
      <div class='columns'>
        <div class='stack'>
          <Sites />
        </div>
        <div class='stack'>
          <WhatNext />
          <Reach />
        </div>
      </div>
    </>
  )
}

function Sites() {
  const sites = useQuery('sites', {})
  const boxes = useQuery('boxes', {})
  const orphans = useQuery('orphans', {})
  const quarantine = useQuery('quarantine', {})
  if (sites.state === 'starting') return <Panel>{say(words.loading)}</Panel>
  const shown = sites.rows.filter(({ site }) => site !== ownSite)
  if (shown.length === 0)
    return (
      <Panel>
        <Empty icon={MapPin} title={say(words.noSites)}>
          {say(words.noSitesMore)}
        </Empty>
      </Panel>
    )
  return (
    <div class='tiles'>
      {shown.map(({ site, name, exercise }) => {
        const members = boxes.rows.filter((row) => row.site === site).length
        const open = orphans.rows.filter((row) => row.site === site).length
        const odd = quarantine.rows.filter((row) => row.site === site).length
        return (
          <Panel
            key={site}
            title={name}
            aside={exercise && <span class='tag exercise'>{say(words.exercise)}</span>}
          >
            <SiteMark members={members} open={open + odd} />
            <Facts
              of={[
                [say(words.siteShort), <code key='short'>{site}</code>],
                [say(words.boxesOfSite), number(members)],
                ...(open > 0 ? [[say(words.toSettle), number(open)] as const] : []),
                ...(odd > 0 ? [[say(words.inQuarantine), number(odd)] as const] : []),
              ]}
            />
          </Panel>
        )
      })}
    </div>
  )
}

function SiteMark({ members, open }: { readonly members: number; readonly open: number }) {
  if (open > 0) return <Mark is='watch'>{say(words.needsPerson)}</Mark>
  if (members < 2) return <Mark is='watch'>{say(words.noSecondCopy)}</Mark>
  return <Mark is='good' />
}

type Step = {
  readonly done: boolean
  readonly title: string
  readonly more: string
  readonly href: string | undefined
}

/** Until a box is ready for an event: what is missing, by the box's own knowledge. */
function WhatNext() {
  const people = useQuery('accounts', {})
  const boxes = useQuery('boxes', {})
  const own = people.rows.find(({ account }) => account === me.value?.account)
  if (!isOwner() || people.state === 'starting') return null
  const steps: readonly Step[] = [
    {
      done: new Set(boxes.rows.map(({ box }) => box)).size > 1,
      title: say(words.nextBox),
      more: say(words.nextBoxMore),
      href: undefined,
    },
    {
      done: people.rows.length > 1,
      title: say(words.nextPeople),
      more: say(words.nextPeopleMore),
      href: '/fleet/accounts',
    },
    {
      done: own?.proofs.some(({ proof }) => proof === 'totp') ?? false,
      title: say(words.nextFactor),
      more: say(words.nextFactorMore),
      href: '/account',
    },
  ]
  const left = steps.filter(({ done }) => !done)
  return (
    <Panel title={say(words.whatNext)}>
      {left.length === 0 ? (
        <Mark is='good'>{say(words.allDone)}</Mark>
      ) : (
        <ul class='steps'>
          {steps.map(({ done, title, more, href }) => (
            <li key={title}>
              {done ? <MarkOnly is='good' /> : <MarkOnly is={'off' satisfies Standing} />}
              <div class='body'>
                {href === undefined || done ? <strong>{title}</strong> : <a href={href}>{title}</a>}
                {!done && <div class='small soft'>{more}</div>}
              </div>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}

type Address = { readonly url: string; readonly lan: boolean }

/** The same page in the hand of somebody else. */
function Reach() {
  const [url, setUrl] = useState<string>()
  useEffect(() => {
    void askNow<{ readonly addresses: readonly Address[] }>('GET', '/api/fleet/reach').then((answer) => {
      if (answer.ok) setUrl(answer.body.addresses.find(({ lan }) => lan)?.url)
    })
  }, [])
  if (url === undefined) return null
  return (
    <Panel title={say(words.reach)}>
      <p class='soft'>{say(words.reachMore)}</p>
      <Qr text={url} label={url} />
      <code>{url}</code>
    </Panel>
  )
}

/** A page that is not there. */
export function NotThere() {
  return (
    <>
      <Heading title={say(words.notThere)} />
      <Panel>
        <Empty
          icon={Boxes}
          title={say(words.notThere)}
          action={<LinkButton href='/'>{say(words.toHome)}</LinkButton>}
        >
          {say(words.notThereMore)}
        </Empty>
      </Panel>
    </>
  )
}
