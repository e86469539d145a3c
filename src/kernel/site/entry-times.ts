import { retimedBoot } from '../clock/apply.ts'
import { timeAmong, timeOf } from '../clock/time-of.ts'
import type { Head } from '../entry.ts'
import { parseLine } from '../entry.ts'
import type { Instant } from '../instant.ts'
import type { Kind, Known } from '../pack/kinds.ts'
import type { Pack, Place, Told } from '../pack/pack.ts'
import type { RowsOf, Tables } from '../pack/table.ts'
import { ranOut } from '../timers/apply.ts'
import { timerFor } from '../timers/set.ts'
import type { tables as kernelTables } from './tables.ts'

type Parts = {
  readonly known: Known
  readonly kernel: RowsOf<typeof kernelTables>
  readonly rows: (pack: Pack) => RowsOf<Tables>
  /** The boot that a stream names; empty where the log does not say. */
  readonly bootOfStream: (stream: string) => string
}

/** Which boot the instants of an entry count from, what is known of it, and the timers that follow from a fact. */
export class EntryTimes {
  readonly #parts: Parts
  #keeper: string | undefined

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** The boot of the process that keeps, as its term says. */
  get keeperBoot(): string {
    return (this.#keeper ??= this.#parts.kernel.terms.all().at(-1)?.boot ?? '')
  }

  /** Rows were undone: what was read from them may be gone. */
  forget(): void {
    this.#keeper = undefined
  }

  /** What `apply` meets beside the fact itself. */
  of(
    kind: Kind,
    { n, i }: Place,
    head: Head,
    body: unknown,
  ): Pick<Told<unknown>, 'boot' | 'timeOf' | 'timer'> {
    const { kernel, known, bootOfStream } = this.#parts
    if (kind.fact === keeperFact(known)) this.#keeper = (body as { boot?: string }).boot ?? ''
    const record = head.form === 'r' || head.form === 'q'
    const boot = record ? bootOfStream(head.from.stream) : this.keeperBoot
    const time = (at: Instant) => timeOf(kernel.boots, at, boot)
    const { pack, fact } = kind
    const { erasable } = fact
    const setting = { pack, n, i, at: head.at, boot, kept: !record, erasable, timeOf: time }
    return { boot, timeOf: time, timer: timerFor(kernel.timers, known, setting) }
  }

  /** More may be known of a boot now: every pack corrects its rows (CLOCK-10). */
  retime(kind: string, body: unknown): void {
    const boot = retimedBoot(kind, body)
    if (boot === undefined) return
    const { kernel, known, rows } = this.#parts
    const measured = kernel.boots.list('byBoot', boot)
    for (const pack of known.packs) pack.retime?.(rows(pack), boot, (at) => timeAmong(measured, at))
  }

  /** A timer whose entry is skipped has rung all the same, or it would ring for ever (TIMER-5). */
  countRung(bodies: string, head: Head): void {
    if (head.form !== 'k' || head.kinds[0] !== 'timer.rang') return
    const { kernel, known } = this.#parts
    const { body } = parseLine(bodies.split('\n')[0] as string)
    const rang = known.kinds.get('timer.rang')?.fact.body.safeParse(body)
    if (rang?.success) ranOut(kernel.timers, rang.data as Parameters<typeof ranOut>[1])
  }
}

const keeperFact = (known: Known) => known.kinds.get('site.keeper')?.fact
