import type { Document } from './document.ts'
import type { Scope } from './target.ts'

/**
 * Who puts one section of the settings into effect on a box: the driver that owns it. What throws,
 * or takes longer than 20 s, counts as a no.
 */
export type SettingHandler = {
  /** Why this cannot be had here; null if it can. Changes nothing. */
  readonly check: (document: Document) => Promise<string | null>
  /** All of it or nothing, also through a power cut: written beside, then renamed. */
  readonly apply: (document: Document) => Promise<void>
  /** Why it is not well now; null if it is. Asked each second, for at most 20 s after an apply. */
  readonly health: () => Promise<string | null>
  /** What is really there. */
  readonly read: () => Promise<Document>
}

/** What a box can set, and what it is at its sites. Absent: this box only carries settings for others. */
export type SettingsPort = {
  readonly scope: (site: string) => Omit<Scope, 'site' | 'box'>
  /** By section, that is, by the name of the pack. Nobody: this box has nothing to set at this site. */
  readonly handlers: (site: string) => ReadonlyMap<string, SettingHandler>
}
