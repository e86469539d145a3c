import { signal } from '@preact/signals'
import { Box, MapPin, UserRound } from 'lucide'
import type { IconNode } from 'lucide'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { Icon } from '../kit/icon.tsx'
import { say } from '../kit/say.ts'
import { ownSite } from '../live/me.ts'
import { useQueryOf } from '../live/use.ts'
import { found } from './found.ts'
import type { ConsolePage } from './frame.tsx'
import { go } from './route.ts'
import { words } from './words.ts'

const isOpen = signal(false)

export function openPalette(): void {
  isOpen.value = true
}

type Target = {
  readonly href: string
  readonly name: string
  /** What else it is found by. */
  readonly also: string
  readonly kind: string
  readonly icon: IconNode
}

/** Finds anything by name or number: Ctrl-K, or a slash where nobody is typing. */
export function Palette({ pages }: { readonly pages: readonly ConsolePage[] }) {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const isTyping = event.target instanceof Element && event.target.closest('input, textarea, select')
      const isAsked = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k'
      if (!isAsked && (event.key !== '/' || isTyping)) return
      event.preventDefault()
      openPalette()
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [])
  return isOpen.value ? <Open pages={pages} /> : null
}

function Open({ pages }: { readonly pages: readonly ConsolePage[] }) {
  const element = useRef<HTMLDialogElement>(null)
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  // Before the next key: whoever types on at once must not lose a letter.
  useLayoutEffect(() => {
    element.current?.showModal()
    element.current?.querySelector('input')?.focus()
  }, [])
  const targets = useTargets(pages)
  const shown = found(targets, text).slice(0, 30)
  const close = () => {
    isOpen.value = false
  }
  const open = ({ href }: Target) => {
    close()
    go(href)
  }
  const press = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined) {
      event.preventDefault()
      setAt((at + step + shown.length) % Math.max(1, shown.length))
    }
    const target = shown[at]
    if (event.key !== 'Enter' || !target) return
    event.preventDefault()
    open(target)
  }
  return (
    <dialog
      ref={element}
      class='palette'
      aria-label={say(words.find)}
      onClose={close}
      onPointerDown={({ target, currentTarget }) => {
        if (target === currentTarget) currentTarget.close()
      }}
    >
      <input
        class='input'
        type='text'
        role='combobox'
        aria-expanded
        aria-controls='found'
        aria-activedescendant={shown.length > 0 ? `found-${at}` : undefined}
        aria-label={say(words.find)}
        placeholder={say(words.findHint)}
        value={text}
        autocomplete='off'
        spellcheck={false}
        onInput={({ currentTarget }) => {
          setText(currentTarget.value)
          setAt(0)
        }}
        onKeyDown={press}
      />
      <ul id='found' class='found' role='listbox' aria-label={say(words.find)}>
        {shown.map((target, i) => (
          <li
            key={`${target.kind} ${target.href} ${target.name}`}
            id={`found-${i}`}
            role='option'
            aria-selected={i === at}
            onClick={() => open(target)}
          >
            <Icon of={target.icon} />
            {target.name}
            <span class='kind'>{target.kind}</span>
          </li>
        ))}
      </ul>
      {shown.length === 0 && <p class='empty soft'>{say(words.findNothing)}</p>}
    </dialog>
  )
}

/** All that has a name or a number, as far as whoever looks may see it. */
function useTargets(pages: readonly ConsolePage[]): readonly Target[] {
  const useQuery = useQueryOf<Record<never, never>>()
  const sites = useQuery('sites', {})
  const boxes = useQuery('boxes', {})
  const people = useQuery('accounts', {})
  const names = new Map(boxes.rows.map(({ box, site }) => [box, site]))
  return [
    ...pages
      .filter(({ isFor }) => isFor())
      .map(({ path, title, icon }) => ({
        href: path,
        name: say(title),
        also: `${title.fr} ${title.en}`,
        kind: say(words.page),
        icon,
      })),
    ...sites.rows
      .filter(({ site }) => site !== ownSite)
      .map(({ site, name }) => ({
        href: `/?site=${encodeURIComponent(site)}`,
        name,
        also: site,
        kind: say(words.site),
        icon: MapPin,
      })),
    ...[...names].map(([box, site]) => ({
      href: `/?site=${encodeURIComponent(site)}`,
      name: box,
      also: '',
      kind: say(words.box),
      icon: Box,
    })),
    ...people.rows.map(({ account, name, login }) => ({
      href: `/fleet/accounts?account=${encodeURIComponent(account)}`,
      name: name ?? login ?? account,
      also: login ?? '',
      kind: say(words.person),
      icon: UserRound,
    })),
  ]
}
