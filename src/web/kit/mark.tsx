import { say } from './say.ts'
import { words } from './words.ts'

/** How something stands. `off`: as planned; `unknown`: nobody can tell. */
export type Standing = 'good' | 'watch' | 'bad' | 'off' | 'unknown' | 'busy'

/** Each standing has a shape: whoever sees no colours, or a poor beamer, reads it all the same. */
const shapes: Readonly<Record<Standing, preact.JSX.Element>> = {
  good: (
    <>
      <circle cx='10' cy='10' r='9' fill='currentColor' />
      <path d='M5.8 10.4l2.9 2.9 5.6-6.2' class='cut' />
    </>
  ),
  watch: (
    <>
      <path d='M10 1.6L19 18H1z' fill='currentColor' />
      <path d='M10 7.6v4.6M10 15.1v.2' class='cut' />
    </>
  ),
  bad: (
    <>
      <rect x='1.2' y='1.2' width='17.6' height='17.6' rx='3' fill='currentColor' />
      <path d='M6.4 6.4l7.2 7.2M13.6 6.4l-7.2 7.2' class='cut' />
    </>
  ),
  off: <circle cx='10' cy='10' r='7.8' fill='none' stroke='currentColor' stroke-width='2' />,
  unknown: (
    <>
      <circle
        cx='10'
        cy='10'
        r='7.8'
        fill='none'
        stroke='currentColor'
        stroke-width='2'
        stroke-dasharray='3.2 2.9'
      />
      <path d='M10 13.9v.2M7.9 8.2a2.1 2.1 0 1 1 3.2 1.8c-.7.4-1.1.8-1.1 1.5' class='draw' />
    </>
  ),
  busy: <path d='M4 10h.1M10 10h.1M16 10h.1' class='draw dots' />,
}

type MarkProps = {
  readonly is: Standing
  /** Absent: the word for its standing. */
  readonly children?: preact.ComponentChildren
  /** The words in its colour, too. */
  readonly strong?: boolean
}

export function Mark({ is, children, strong = false }: MarkProps) {
  return (
    <span class={`mark ${is} ${strong ? 'strong' : ''}`}>
      <svg viewBox='0 0 20 20' aria-hidden='true'>
        {shapes[is]}
      </svg>
      <span class='words'>{children ?? say(words[is])}</span>
    </span>
  )
}

/** Where the word stands elsewhere already. */
export function MarkOnly({ is }: { readonly is: Standing }) {
  return (
    <span class={`mark ${is}`}>
      <svg viewBox='0 0 20 20' aria-hidden='true'>
        {shapes[is]}
      </svg>
      <span class='unseen'>{say(words[is])}</span>
    </span>
  )
}

const badness: readonly Standing[] = ['bad', 'watch', 'unknown', 'busy', 'good', 'off']

export const worstOf = (standings: readonly Standing[]): Standing =>
  badness.find((each) => standings.includes(each)) ?? 'off'
