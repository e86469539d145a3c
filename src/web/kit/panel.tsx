import type { IconNode } from 'lucide'
import type { ComponentChildren } from 'preact'
import { Icon } from './icon.tsx'

type PanelProps = {
  readonly title?: ComponentChildren
  /** At the end of its title. */
  readonly aside?: ComponentChildren
  /** What is in it reaches its edges: a table. */
  readonly flush?: boolean
  readonly children: ComponentChildren
}

export function Panel({ title, aside, flush = false, children }: PanelProps) {
  return (
    <section class={flush ? 'panel flush' : 'panel'}>
      {title !== undefined && (
        <header>
          <h2>{title}</h2>
          {aside}
        </header>
      )}
      {children}
    </section>
  )
}

type EmptyProps = {
  readonly icon: IconNode
  readonly title: string
  /** What to do next. */
  readonly children?: ComponentChildren
  readonly action?: ComponentChildren
}

export function Empty({ icon, title, children, action }: EmptyProps) {
  return (
    <div class='empty'>
      <Icon of={icon} />
      <h3>{title}</h3>
      {children !== undefined && <p class='soft'>{children}</p>}
      {action}
    </div>
  )
}

type Pair = readonly [name: string, value: ComponentChildren]

/** Names and values. */
export function Facts({ of }: { readonly of: readonly Pair[] }) {
  return (
    <dl class='facts'>
      {of.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
