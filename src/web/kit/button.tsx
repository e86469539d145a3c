import type { IconNode } from 'lucide'
import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { Icon } from './icon.tsx'

type Look = {
  readonly icon?: IconNode | undefined
  /** `main`: what this part of the page is for, once. `danger`: takes something away. `plain`: beside others. */
  readonly look?: 'main' | 'danger' | 'danger main' | 'plain'
  readonly large?: boolean | undefined
  readonly children: ComponentChildren
  /** Only its icon is seen. */
  readonly iconOnly?: boolean | undefined
}

type ButtonProps = Look & {
  /** While what it returns is under way the button turns, and does nothing a second time. */
  readonly onPress?: (() => unknown) | undefined
  readonly submits?: boolean
  readonly disabled?: boolean | undefined
  readonly busy?: boolean
}

const classOf = ({ look, large, iconOnly }: Look) =>
  ['button', look, large && 'large', iconOnly && 'only-icon'].filter(Boolean).join(' ')

function inside({ icon, iconOnly, children }: Look) {
  return (
    <>
      {icon && <Icon of={icon} />}
      {iconOnly ? <span class='unseen'>{children}</span> : children}
    </>
  )
}

export function Button({ onPress, submits = false, disabled, busy = false, ...look }: ButtonProps) {
  const [isUnderWay, setUnderWay] = useState(false)
  const isBusy = busy || isUnderWay
  const press = async () => {
    if (isBusy) return
    const underWay = onPress?.()
    if (!(underWay instanceof Promise)) return
    setUnderWay(true)
    await underWay.finally(() => setUnderWay(false))
  }
  return (
    <button
      type={submits ? 'submit' : 'button'}
      class={classOf(look)}
      disabled={disabled}
      aria-busy={isBusy}
      title={look.iconOnly && typeof look.children === 'string' ? look.children : undefined}
      onClick={submits ? undefined : () => void press()}
    >
      {isBusy && <span class='spinner' aria-hidden='true' />}
      {isBusy && look.iconOnly ? <span class='unseen'>{look.children}</span> : inside(look)}
    </button>
  )
}

/** Goes somewhere, and looks like a button. */
export function LinkButton({ href, ...look }: Look & { readonly href: string }) {
  return (
    <a class={classOf(look)} href={href}>
      {inside(look)}
    </a>
  )
}
