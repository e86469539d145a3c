/** Values of a sample. Absent is null. */
export type SampleValue = string | number | null

/**
 * A ring table: newest in, oldest out. It is bounded by rows and by bytes, whatever happens, and by age as long as
 * somebody knows what time it is. What is in it may be lost at any moment (SAMPLE-1).
 */
export type Ring = {
  readonly columns: Readonly<Record<string, 'text' | 'integer' | 'real'>>
  /** A column by which it is read often. */
  readonly index?: string | undefined
  readonly keepRows: number
  readonly keepBytes: number
  readonly keepMs: number
}

export type Rings = Readonly<Record<string, Ring>>

/** `at`: milliseconds since 1970, null where nobody knew. */
export type Sample = {
  readonly at: number | null
  readonly values: Readonly<Record<string, SampleValue>>
}

/** `id` rises within a ring; the newest has the highest. */
export type StoredSample = Sample & { readonly id: number }

export type SampleQuery = {
  /** Below this id: the `next` of the page before. */
  readonly before?: number | undefined
  /** At most 500. */
  readonly limit: number
  /** Columns that have this value, or one of these. */
  readonly where?: Readonly<Record<string, string | number | readonly (string | number)[]>> | undefined
}

/** The newest first. `next`: where older ones begin; null where there are none. */
export type SamplePage = { readonly rows: readonly StoredSample[]; readonly next: number | null }

export type RingSize = { readonly rows: number; readonly bytes: number }

/**
 * The third side of the store: what may be lost. It never throws at who appends and never lets him wait; what the
 * disk has no room or no time for is dropped and counted.
 */
export interface Samples {
  /** `now`: as `at`; with null nothing is removed for its age. */
  append(ring: string, rows: readonly Sample[], now: number | null): void
  read(ring: string, query: SampleQuery): Promise<SamplePage>
  sizes(): Promise<Readonly<Record<string, RingSize>>>
  /** Samples that were dropped since the start. */
  dropped(): number
  close(): Promise<void>
}

export const mostRows = 500
/** A sample that is larger is dropped. */
export const mostSampleBytes = 64 * 1024
