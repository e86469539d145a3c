import { Circle, Ellipsis, LogOut, Search, SunMoon, UserRound } from 'lucide'
import type { IconNode } from 'lucide'
import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { Questions } from '../kit/dialog.tsx'
import { Icon } from '../kit/icon.tsx'
import type { Texts } from '../kit/say.ts'
import { say } from '../kit/say.ts'
import { Toasts } from '../kit/toast.tsx'
import { me, ownSite, signOut, welcome } from '../live/me.ts'
import { useQueryOf } from '../live/use.ts'
import { Connection } from './connection.tsx'
import { openPalette, Palette } from './palette.tsx'
import { path } from './route.ts'
import { turnTheme } from './tongue.ts'
import { words } from './words.ts'

/** A page of the console, as its entry lists it. */
export type ConsolePage = {
  readonly path: string
  readonly title: Texts
  readonly icon: IconNode
  /** Whether it is of use to whoever is signed in; what may be done, the box decides. */
  readonly isFor: () => boolean
  readonly show: () => ComponentChildren
  /** In the list of pages, or found by links and search alone. */
  readonly listed?: boolean
}

type FrameProps = { readonly pages: readonly ConsolePage[]; readonly children: ComponentChildren }

/** What stands around every page: where one is, who one is, and whether all of it is true now. */
export function Frame({ pages, children }: FrameProps) {
  const main = useRef<HTMLElement>(null)
  const listed = pages.filter(({ listed: isListed = true, isFor }) => isListed && isFor())
  useEffect(() => {
    // Whoever reads with the ears hears the page that came.
    main.current?.focus({ preventScroll: true })
  }, [path.value])
  return (
    <div class='frame'>
      <div class='under-bar'>
        <a class='button to-main' href='#page'>
          {say(words.skip)}
        </a>
        <header class='bar'>
          <a class='brand' href='/'>
            <img src='/regie.svg' alt='' />
            <span class='name'>{welcome.value?.organisation ?? 'Regie'}</span>
          </a>
          <button type='button' class='button find' onClick={openPalette}>
            <Icon of={Search} />
            <span>{say(words.find)}</span>
            <kbd aria-hidden='true'>Ctrl K</kbd>
          </button>
          <Person />
        </header>
        <Connection />
        <ExerciseBand />
      </div>
      <nav class='rail' aria-label={say(words.navigation)}>
        {listed.map((page) => (
          <PageLink key={page.path} page={page} />
        ))}
      </nav>
      <main ref={main} id='page' class='page' tabIndex={-1}>
        {children}
      </main>
      <nav class='dock' aria-label={say(words.navigation)}>
        {listed.slice(0, 4).map((page) => (
          <PageLink key={page.path} page={page} />
        ))}
        {listed.length > 4 && (
          <button type='button' onClick={openPalette}>
            <Icon of={Ellipsis} />
            {say(words.more)}
          </button>
        )}
      </nav>
      <Palette pages={pages} />
      <Questions />
      <Toasts />
    </div>
  )
}

function PageLink({ page }: { readonly page: ConsolePage }) {
  return (
    <a href={page.path} aria-current={isHere(page.path) ? 'page' : undefined}>
      <Icon of={page.icon} />
      {say(page.title)}
    </a>
  )
}

const isHere = (of: string) =>
  of === '/' ? path.value === '/' : path.value === of || path.value.startsWith(`${of}/`)

/** Nothing here is real: every page says so, all the time. */
function ExerciseBand() {
  const { rows: all } = useQueryOf<Record<never, never>>()('sites', {})
  const rows = all.filter(({ site }) => site !== ownSite)
  if (rows.length === 0 || !rows.every(({ exercise }) => exercise)) return null
  return <div class='exercise-band'>{say(words.exercise)}</div>
}

function Person() {
  const popover = useRef<HTMLDivElement>(null)
  const { name, login } = me.value ?? { name: null, login: null }
  const close = () => popover.current?.hidePopover()
  return (
    <div class='menu'>
      <button type='button' class='button plain only-icon' popovertarget='person-menu'>
        <Icon of={UserRound} />
        <span class='unseen'>{name ?? login}</span>
      </button>
      <div ref={popover} id='person-menu' popover='auto'>
        <div class='who'>
          <strong>{name}</strong>
          <span class='small soft'>{login}</span>
        </div>
        <a href='/account' onClick={close}>
          <Icon of={Circle} />
          {say(words.myAccount)}
        </a>
        <button type='button' class='item' onClick={turnTheme}>
          <Icon of={SunMoon} />
          {say(words.theme)}
        </button>
        <button
          type='button'
          class='item'
          onClick={() => {
            close()
            void signOut()
          }}
        >
          <Icon of={LogOut} />
          {say(words.signOut)}
        </button>
      </div>
    </div>
  )
}
