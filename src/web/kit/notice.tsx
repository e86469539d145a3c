import type { ComponentChildren } from 'preact'
import type { Standing } from './mark.tsx'
import { MarkOnly } from './mark.tsx'

type NoticeProps = {
  readonly is: Standing
  readonly title: ComponentChildren
  /** What to do. */
  readonly children?: ComponentChildren
  readonly action?: ComponentChildren
}

/** Something that the person in front of the page should know, where it matters. */
export function Notice({ is, title, children, action }: NoticeProps) {
  return (
    <div class={`notice ${is}`} role={is === 'bad' ? 'alert' : 'status'}>
      <MarkOnly is={is} />
      <div class='body'>
        <strong>{title}</strong>
        {children !== undefined && <span>{children}</span>}
      </div>
      {action}
    </div>
  )
}
