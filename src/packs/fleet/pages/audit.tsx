import { Download, ScrollText } from 'lucide'
import { useCallback, useEffect, useState } from 'preact/hooks'
import { Button, LinkButton } from '../../../web/kit/button.tsx'
import { SelectField, TextField } from '../../../web/kit/field.tsx'
import { Heading } from '../../../web/kit/heading.tsx'
import { Mark } from '../../../web/kit/mark.tsx'
import { Notice } from '../../../web/kit/notice.tsx'
import { Empty, Panel } from '../../../web/kit/panel.tsx'
import { moment, say } from '../../../web/kit/say.ts'
import { useSettled } from '../../../web/kit/settled.ts'
import type { Column } from '../../../web/kit/table.tsx'
import { Table } from '../../../web/kit/table.tsx'
import { askNow } from '../../../web/live/ask-now.ts'
import type { Problem } from '../../../web/live/ask.ts'
import { words } from '../words/pages.ts'
import { useSites } from './roles.ts'

type Deed = {
  readonly n: number
  readonly i: number
  readonly at: number | null
  readonly who: string
  readonly what: string
  readonly text: string
  readonly refused: boolean
  readonly erased: boolean
}
type PageOfDeeds = { readonly rows: readonly Deed[]; readonly next: string | null }

/** Organisation-wide deeds stand in the log of the organisation's own site. */
const ownSite = 'fleet'

/** Who did what, and what was refused to whom, newest first. */
export function Audit() {
  const sites = useSites()
  const [site, setSite] = useState(ownSite)
  const [who, setWho] = useState('')
  const [deeds, setDeeds] = useState<readonly Deed[]>()
  const [next, setNext] = useState<string | null>(null)
  const [wrong, setWrong] = useState<Problem>()
  const asked = useSettled(who.trim(), 250)
  const question = new URLSearchParams({ site, ...(asked !== '' && { who: asked }) })
  const look = useCallback(
    async (after: string | null) => {
      const page = new URLSearchParams(question)
      if (after !== null) page.set('after', after)
      const answer = await askNow<PageOfDeeds>('GET', `/api/fleet/audit?${page}`)
      if (!answer.ok) return setWrong(answer.wrong)
      setWrong(undefined)
      setDeeds((now = []) => (after === null ? answer.body.rows : [...now, ...answer.body.rows]))
      setNext(answer.body.next)
    },
    [site, asked],
  )
  useEffect(() => void look(null), [look])
  const options = [{ value: ownSite, label: say(words.allSites) }, ...sites]
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
      <Panel flush>
        {deeds && (
          <Table
            label={say(words.audit)}
            columns={columns()}
            rows={deeds}
            rowKey={({ n, i }) => `${n}.${i}`}
            empty={
              <Empty icon={ScrollText} title={say(words.auditEmpty)}>
                {say(words.auditEmptyMore)}
              </Empty>
            }
          />
        )}
      </Panel>
      {next !== null && <Button onPress={() => look(next)}>{say(words.older)}</Button>}
    </>
  )
}

const columns = (): readonly Column<Deed>[] => [
  {
    key: 'at',
    title: say(words.auditWhen),
    cell: ({ at }) => <span class='number'>{at === null ? '–' : moment(at)}</span>,
    width: '12rem',
    phone: 'under',
  },
  {
    key: 'who',
    title: say(words.auditWho),
    cell: ({ who }) => who,
    width: 'minmax(7rem, 0.6fr)',
    phone: 'under',
  },
  {
    key: 'what',
    title: say(words.auditWhat),
    cell: ({ text, erased }) => (erased ? <span class='soft'>{say(words.erased)}</span> : text),
    width: 'minmax(12rem, 2fr)',
    phone: 'main',
  },
  {
    key: 'refused',
    title: '',
    cell: ({ refused }) => refused && <Mark is='bad'>{say(words.auditRefused)}</Mark>,
    width: '7rem',
    phone: 'side',
  },
  { key: 'n', title: say(words.entry), cell: ({ n }) => n, width: '5rem', end: true },
]
