import { Download, ScrollText } from 'lucide'
import { useCallback, useEffect, useState } from 'preact/hooks'
import { Button, LinkButton } from '../../../web/kit/button.tsx'
import { SelectField, TextField } from '../../../web/kit/field.tsx'
import { Heading } from '../../../web/kit/heading.tsx'
import { Mark } from '../../../web/kit/mark.tsx'
import { Notice } from '../../../web/kit/notice.tsx'
import { Empty, Panel } from '../../../web/kit/panel.tsx'
import type { Texts } from '../../../web/kit/say.ts'
import { moment, say } from '../../../web/kit/say.ts'
import { useSettled } from '../../../web/kit/settled.ts'
import type { Column } from '../../../web/kit/table.tsx'
import { Table } from '../../../web/kit/table.tsx'
import { askNow } from '../../../web/live/ask-now.ts'
import type { Problem } from '../../../web/live/ask.ts'
import { ownSite } from '../../../web/live/me.ts'
import { deeds, doers } from '../words/deeds.ts'
import { words } from '../words/pages.ts'
import { useSites } from './roles.ts'

type Deed = {
  readonly n: number
  readonly is: string
  readonly who: string
  readonly name: string | null
  readonly what: string
  readonly about: string | null
  readonly words: string
  readonly at: { readonly time: string | null; readonly quality: number }
  readonly why: string | null
  readonly count: number
}
type PageOfDeeds = { readonly rows: readonly Deed[]; readonly next: number | null }

/** Who did what, and what was refused to whom, newest first. */
export function Audit() {
  const sites = useSites()
  const [site, setSite] = useState(ownSite)
  const [who, setWho] = useState('')
  const [deeds, setDeeds] = useState<readonly Deed[]>()
  const [next, setNext] = useState<number | null>(null)
  const [wrong, setWrong] = useState<Problem>()
  const asked = useSettled(who.trim(), 250)
  const question = new URLSearchParams({ site, ...(asked !== '' && { who: asked }) })
  const look = useCallback(
    async (after: number | null) => {
      const page = new URLSearchParams(question)
      if (after !== null) page.set('after', String(after))
      const answer = await askNow<PageOfDeeds>('GET', `/api/fleet/audit?${page}`)
      if (!answer.ok) return setWrong(answer.wrong)
      setWrong(undefined)
      setDeeds((now = []) => (after === null ? answer.body.rows : [...now, ...answer.body.rows]))
      setNext(answer.body.next)
    },
    [site, asked],
  )
  useEffect(() => void look(null), [look])
  const options = [{ value: ownSite, label: say(words.organisation) }, ...sites]
  return (
    <>
      <Heading title={say(words.audit)}>
        <LinkButton icon={Download} href={`/api/fleet/audit.csv?${question}`}>
          {say(words.export)}
        </LinkButton>
      </Heading>
      <div class='form'>
        <div class='pair'>
          <SelectField label={say(words.site)} value={site} onInput={setSite} options={options} />
          <TextField label={say(words.filterWho)} value={who} onInput={setWho} type='search' />
        </div>
      </div>
      {wrong && (
        <Notice
          is='bad'
          title={wrong.title}
          action={<Button onPress={() => look(null)}>{say(words.again)}</Button>}
        >
          {wrong.doThis}
        </Notice>
      )}
      {deeds && (
        <Panel flush>
          <Table
            label={say(words.audit)}
            columns={columns()}
            rows={deeds}
            rowKey={({ n, is, what, who }) => `${n} ${is} ${what} ${who}`}
            empty={
              <Empty icon={ScrollText} title={say(words.auditEmpty)}>
                {say(words.auditEmptyMore)}
              </Empty>
            }
          />
        </Panel>
      )}
      {next !== null && <Button onPress={() => look(next)}>{say(words.older)}</Button>}
    </>
  )
}

const nameOf = (names: Readonly<Record<string, Texts>>, key: string): string | undefined => {
  const texts = Object.hasOwn(names, key) ? names[key] : undefined
  return texts && say(texts)
}

const columns = (): readonly Column<Deed>[] => [
  {
    key: 'at',
    title: say(words.auditWhen),
    cell: ({ at: { time } }) => <span class='number'>{time === null ? '–' : moment(Date.parse(time))}</span>,
    width: '12rem',
    phone: 'under',
  },
  {
    key: 'who',
    title: say(words.auditWho),
    cell: ({ who, name }) => name ?? nameOf(doers, who) ?? who,
    width: 'minmax(8rem, 0.5fr)',
    phone: 'under',
  },
  {
    key: 'what',
    title: say(words.auditWhat),
    cell: ({ what, about }) => nameOf(deeds, what) ?? about ?? what,
    width: 'minmax(12rem, 1fr)',
    phone: 'main',
  },
  {
    key: 'words',
    title: say(words.whatExactly),
    cell: ({ words: exactly, why }) => <span class='soft'>{why ?? exactly}</span>,
    width: 'minmax(10rem, 1.2fr)',
  },
  {
    key: 'refused',
    title: say(words.auditOutcome),
    cell: ({ is }) =>
      is === 'refused' ? (
        <Mark is='bad'>{say(words.auditRefused)}</Mark>
      ) : (
        <Mark is='good'>{say(words.auditDone)}</Mark>
      ),
    width: '8rem',
    phone: 'side',
  },
  { key: 'n', title: say(words.entry), cell: ({ n }) => n, width: '5rem', end: true },
]
