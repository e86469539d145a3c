import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'

type HeadingProps = { readonly title: string; readonly children?: ComponentChildren }

/** What a page is called, with what can be done on it. */
export function Heading({ title, children }: HeadingProps) {
  useEffect(() => {
    document.title = `${title} · Regie`
  }, [title])
  return (
    <header>
      <h1>{title}</h1>
      {children !== undefined && <div class='line-up'>{children}</div>}
    </header>
  )
}
