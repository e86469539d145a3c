import { useId } from 'preact/hooks'
import { number } from './say.ts'

type ProgressProps = {
  readonly label: string
  readonly done: number
  readonly of: number
}

/** Long work: how much of it is done. */
export function Progress({ label, done, of }: ProgressProps) {
  const id = useId()
  const percent = of === 0 ? 100 : Math.floor((100 * done) / of)
  return (
    <div class='progress'>
      <div class='line-up spread small'>
        <span id={id}>{label}</span>
        <span class='number soft'>
          {number(done)} / {number(of)}
        </span>
      </div>
      <div
        class='track'
        role='progressbar'
        aria-labelledby={id}
        aria-valuenow={percent}
        aria-valuemin={0}
        aria-valuemax={100}
      >
        <div class='done' style={{ width: `${percent}%` }} />
      </div>
    </div>
  )
}
