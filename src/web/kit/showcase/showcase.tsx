import { Box, Download, Plus, Trash2 } from 'lucide'
import { useState } from 'preact/hooks'
import { Age } from '../age.tsx'
import { Button, LinkButton } from '../button.tsx'
import { Chart } from '../chart.tsx'
import { Copyable } from '../copy.tsx'
import { confirm, Questions } from '../dialog.tsx'
import { ChoiceField, SecretField, SelectField, TextField, TickField } from '../field.tsx'
import { Form, useForm } from '../form.tsx'
import type { Standing } from '../mark.tsx'
import { Mark } from '../mark.tsx'
import { Notice } from '../notice.tsx'
import { Empty, Facts, Panel } from '../panel.tsx'
import { Progress } from '../progress.tsx'
import { Qr } from '../qr.tsx'
import type { Language } from '../say.ts'
import { bytes, language, languages, moment, number, say } from '../say.ts'
import type { Column } from '../table.tsx'
import { Table } from '../table.tsx'
import { toast, Toasts } from '../toast.tsx'
import { words } from './words.ts'

const standings: readonly Standing[] = ['good', 'watch', 'bad', 'off', 'unknown', 'busy']
const someTime = Date.UTC(2026, 10, 20, 14, 3, 22)

/** All parts of the kit, as they look and behave: what a page is made of. */
export function Showcase() {
  return (
    <main class='page'>
      <header>
        <h1>{say(words.title)}</h1>
        <div class='line-up'>
          {languages.map((each) => (
            <Button key={each} look='plain' onPress={() => setLanguage(each)}>
              {each.toUpperCase()}
            </Button>
          ))}
        </div>
      </header>
      <div class='tiles'>
        <Standings />
        <Buttons />
        <Numbers />
        <Fields />
        <Notices />
        <Others />
      </div>
      <Panel title={say(words.chart)}>
        <Chart label={say(words.chart)} times={minutes} lines={[temperature, limit]} unit=' °C' />
      </Panel>
      <Rows />
      <Questions />
      <Toasts />
    </main>
  )
}

function setLanguage(next: Language) {
  language.value = next
  document.documentElement.lang = next
}

function Standings() {
  return (
    <Panel title={say(words.marks)}>
      <div class='stack tight'>
        {standings.map((each) => (
          <Mark key={each} is={each} />
        ))}
      </div>
    </Panel>
  )
}

function Buttons() {
  const wait = () => new Promise<void>((done) => setTimeout(done, 1_500))
  const ask = async () => {
    const isSure = await confirm({
      title: say(words.removeTitle),
      text: say(words.removeText),
      yes: say(words.remove),
      danger: true,
      typed: '107',
    })
    toast(say(isSure ? words.removed : words.kept), isSure ? 'good' : 'off', isSure ? () => {} : undefined)
  }
  return (
    <Panel title={say(words.buttons)}>
      <div class='line-up'>
        <Button look='main' icon={Plus} onPress={wait}>
          {say(words.add)}
        </Button>
        <Button onPress={() => toast(say(words.saved))}>{say(words.save)}</Button>
        <Button look='danger' icon={Trash2} onPress={ask}>
          {say(words.remove)}
        </Button>
        <LinkButton look='plain' icon={Download} href='#export'>
          {say(words.export)}
        </LinkButton>
        <Button disabled>{say(words.unavailable)}</Button>
      </div>
      <Button look='main' large onPress={() => toast(say(words.failed), 'bad')}>
        {say(words.large)}
      </Button>
    </Panel>
  )
}

const [began] = [performance.now()]

function Numbers() {
  return (
    <Panel title={say(words.numbers)}>
      <Facts
        of={[
          [say(words.count), number(84_000)],
          [say(words.size), bytes(3_100_000_000)],
          [say(words.when), moment(someTime)],
          [say(words.age), <Age key='age' ms={sinceBegan} />],
        ]}
      />
      <Progress label={say(words.sending)} done={1260} of={1800} />
    </Panel>
  )
}

const sinceBegan = () => performance.now() - began

function Fields() {
  const form = useForm(
    { name: '', secret: '', role: 'lead', zone: 'Europe/Paris', small: false },
    async () => ({ title: say(words.nameTaken), doThis: say(words.nameTakenDo), field: 'name' }),
  )
  const { values, set, wrongWith } = form
  return (
    <Panel title={say(words.fields)}>
      <Form of={form} action={say(words.save)}>
        <TextField
          label={say(words.name)}
          hint={say(words.nameHint)}
          value={values.name}
          onInput={set('name')}
          wrong={wrongWith('name')}
        />
        <SecretField
          label={say(words.password)}
          value={values.secret}
          onInput={set('secret')}
          autocomplete='new-password'
        />
        <ChoiceField
          label={say(words.role)}
          value={values.role}
          onInput={set('role')}
          options={[
            { value: 'lead', label: say(words.lead), more: say(words.leadMore) },
            { value: 'viewer', label: say(words.viewer), more: say(words.viewerMore) },
          ]}
        />
        <SelectField
          label={say(words.zone)}
          value={values.zone}
          onInput={set('zone')}
          options={[
            { value: 'Europe/Paris', label: 'Europe/Paris' },
            { value: 'UTC', label: 'UTC' },
          ]}
        />
        <TickField label={say(words.small)} checked={values.small} onInput={set('small')} />
      </Form>
    </Panel>
  )
}

function Notices() {
  return (
    <Panel title={say(words.notices)}>
      <Notice is='good' title={say(words.sent)} />
      <Notice is='watch' title={say(words.oneCopy)}>
        {say(words.oneCopyDo)}
      </Notice>
      <Notice is='bad' title={say(words.lost)} action={<Button>{say(words.look)}</Button>}>
        {say(words.lostDo)}
      </Notice>
    </Panel>
  )
}

function Others() {
  const address = 'http://regie-107.local'
  return (
    <Panel title={say(words.others)}>
      <Copyable text={address} label={say(words.address)} />
      <Qr text={address} label={address} />
      <Empty icon={Box} title={say(words.noBoxes)} action={<Button icon={Plus}>{say(words.add)}</Button>}>
        {say(words.noBoxesMore)}
      </Empty>
    </Panel>
  )
}

type BoxRow = {
  readonly number: number
  readonly place: string
  readonly is: Standing
  readonly unsent: number
}

/** More than a screen holds: only those in sight are in the page. */
const boxes: readonly BoxRow[] = Array.from({ length: 1_000 }, (_, i) => ({
  number: 100 + i,
  place: ['Arrivée', 'Départ', 'Hall 1', '5 km'][i % 4] ?? '',
  is: standings[(i * 7) % standings.length] ?? 'good',
  unsent: (i * 37) % 240,
}))

function Rows() {
  const [open, setOpen] = useState<number>()
  const columns: readonly Column<BoxRow>[] = [
    {
      key: 'number',
      title: say(words.box),
      cell: ({ number: of }) => of,
      by: ({ number: of }) => of,
      width: '6rem',
      phone: 'main',
    },
    {
      key: 'place',
      title: say(words.place),
      cell: ({ place }) => place,
      by: ({ place }) => place,
      phone: 'under',
    },
    { key: 'state', title: say(words.state), cell: ({ is }) => <Mark is={is} />, phone: 'side' },
    {
      key: 'unsent',
      title: say(words.unsent),
      cell: ({ unsent }) => number(unsent),
      by: ({ unsent }) => unsent,
      end: true,
      phone: 'under',
    },
  ]
  return (
    <Panel title={say(words.table)} aside={open !== undefined && <span class='tag'>{open}</span>} flush>
      <Table
        label={say(words.table)}
        columns={columns}
        rows={boxes}
        rowKey={({ number: of }) => String(of)}
        onOpen={({ number: of }) => setOpen(of)}
        sortedBy='number'
        empty={<Empty icon={Box} title={say(words.noBoxes)} />}
      />
    </Panel>
  )
}

const minutes = Array.from({ length: 180 }, (_, i) => someTime / 1000 + i * 60)
const temperature = {
  label: 'CPU',
  values: minutes.map((_, i) => 62 + 14 * Math.sin(i / 22) + 3 * Math.sin(i / 3)),
}
const limit = { label: '75', values: minutes.map(() => 75), color: 'watch' } as const
