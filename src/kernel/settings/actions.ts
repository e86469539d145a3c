import { z } from 'zod'
import type { Asking, Decided, Demand } from '../pack/action.ts'
import { actionsOf } from '../pack/action.ts'
import type { RowsReadOf } from '../pack/table.ts'
import type { Document } from './document.ts'
import { bytesOf, emptyDocument, patchBetween, patched } from './document.ts'
import type { facts } from '../site/facts.ts'
import type { tables as siteTables } from '../site/tables.ts'
import type { Conflict, Half } from './history.ts'
import { conflicts, documentAt } from './history.ts'
import type { Owner, Section } from './schema.ts'
import { problemIn, splitByOwner } from './schema.ts'
import type { tables } from './tables.ts'
import { hubSite, patch, target } from './target.ts'

const day = 24 * 3_600_000
export const longestOverrideMs = 7 * day
export const usualOverrideMs = day
const mostOverrides = 20
export const mostSaveBytes = 24 * 1024
export const mostDocumentBytes = 256 * 1024
/** What a conflict tells of each value. */
const mostValueText = 2_000

type Rows = RowsReadOf<typeof tables>
type Kinds = typeof facts
const action = actionsOf<Kinds, typeof siteTables>()
const version = z.int().nonnegative()
const comment = z.string().max(2000)

export const actions = {
  'setting.save': action({
    about: {
      en: 'A new version of this log’s half of a document. What another log owns needs force, and goes there as an errand.',
      fr: 'Une nouvelle version de la moitié du document que ce journal décide. Ce qu’un autre journal décide doit être forcé, et y est envoyé.',
    },
    example: { target: 'organisation', base: null, patch: {}, comment: '' },
    input: z.object({
      target,
      /** The version of this half that the editor saw; null: whatever stands now. */
      base: version.nullable(),
      patch,
      comment,
      force: z
        .object({ reason: z.string().min(1).max(1000), site: z.string().max(63).optional() })
        .optional(),
    }),
    allow: ['manager', 'lead'],
    away: { waitMs: 7 * day },
    demands: ({ patch: wanted, target: of, force }, { site, settings }) => {
      const forced = site === hubSite && force ? (force.site ?? siteIn(of)) : undefined
      return ownersOf(settings, wanted, forced)
    },
    decide: (input, rows, asking) => {
      const problem = problemIn(asking.settings, input.patch)
      if (problem) return { refused: problem.code, detail: { path: problem.path, problem: problem.problem } }
      if (bytesOf(input.patch) > mostSaveBytes) return tooLarge('', mostSaveBytes)
      const side = sideOf(asking)
      const { own, other, foreign } = splitByOwner(asking.settings, input.patch, side)
      if (foreign === undefined) return saved(input, own, rows, asking)
      const owner = side === 'hub' ? 'site' : 'hub'
      if (!input.force) return { refused: 'not-owner', detail: { path: foreign, owner } }
      const site = side === 'site' ? hubSite : (input.force.site ?? siteIn(input.target))
      if (site === undefined) return { refused: 'no-site', detail: { path: foreign } }
      const here = saved(input, own, rows, asking)
      if ('refused' in here) return here
      const errand = { target: input.target, base: null, patch: other, comment: input.force.reason }
      const sent = { site, action: 'setting.save', input: errand }
      return { facts: [...here.facts, { kind: 'errand.sent', body: sent }], answer: here.answer }
    },
  }),
  'setting.override': action({
    about: {
      en: 'For a while other values count, whoever owns them; then those that are saved return.',
      fr: 'Pour un temps d’autres valeurs comptent, quel que soit leur propriétaire ; puis celles enregistrées reviennent.',
    },
    example: { target: 'organisation', patch: {}, forMs: 3_600_000, reason: '' },
    input: z.object({
      target,
      patch,
      forMs: z.int().positive().max(longestOverrideMs).default(usualOverrideMs),
      reason: comment,
    }),
    allow: ['manager', 'lead'],
    away: 'refuse',
    decide: (input, rows, asking) => {
      const problem = problemIn(asking.settings, input.patch)
      if (problem) return { refused: problem.code, detail: { path: problem.path, problem: problem.problem } }
      if (bytesOf(input.patch) > mostSaveBytes) return tooLarge('', mostSaveBytes)
      if (rows.settingOverrides.count('byTarget', input.target) >= mostOverrides)
        return { refused: 'too-many-overrides', detail: { most: mostOverrides } }
      const next = halfOf(rows, input.target).version + 1
      const body = { ...input, version: next }
      return { facts: [{ kind: 'setting.overridden', body }], answer: { version: next } }
    },
  }),
  'setting.return': action({
    about: { en: 'An override ends before its time.', fr: 'Un réglage temporaire se termine avant l’heure.' },
    example: { target: 'organisation', override: 1 },
    input: z.object({ target, override: version }),
    allow: ['manager', 'lead'],
    away: 'refuse',
    decide: ({ target: of, override }, rows) => {
      if (!rows.settingOverrides.get(of, override)) return { refused: 'no-override', detail: { target: of } }
      const next = halfOf(rows, of).version + 1
      const body = { target: of, version: next, override }
      return { facts: [{ kind: 'setting.returned', body }], answer: { version: next } }
    },
  }),
  'setting.restore': action({
    about: {
      en: 'An old version comes back, as a new one.',
      fr: 'Une ancienne version revient, comme une nouvelle.',
    },
    example: { target: 'organisation', version: 1, comment: '' },
    input: z.object({ target, version, comment }),
    allow: ['manager', 'lead'],
    demands: (_, { site }) => (site === hubSite ? [{ site, allow: ['manager'], field: 'version' }] : []),
    away: 'refuse',
    decide: (input, rows, asking) => {
      const half = halfOf(rows, input.target)
      const old = documentAt(half, stepsOf(rows, input.target), input.version)
      if (!old) return { refused: 'unknown-version', detail: { version: input.version } }
      const back = patchBetween(half.document, old)
      if (bytesOf(back) > mostSaveBytes) return tooLarge('', mostSaveBytes)
      return saved({ ...input, base: null }, back, rows, asking)
    },
  }),
}

/** What the hub owns is saved by who may at the hub; what a site owns by who may there, wherever it is asked. */
function ownersOf(settings: Section, wanted: Document, site: string | undefined): readonly Demand[] {
  const ofHub = splitByOwner(settings, wanted, 'site').foreign
  const ofSite = splitByOwner(settings, wanted, 'hub').foreign
  return [
    ...(ofHub === undefined ? [] : [{ site: hubSite, allow: ['manager'], field: ofHub }]),
    ...(ofSite === undefined || site === undefined
      ? []
      : [{ site, allow: ['manager', 'lead'], field: ofSite }]),
  ]
}

type Save = { readonly target: string; readonly base: number | null; readonly comment: string }

function saved(
  { target: of, base, comment: said }: Save,
  own: Document,
  rows: Rows,
  asking: Asking,
): Decided<Kinds> {
  const half = halfOf(rows, of)
  if (base !== null && base !== half.version) {
    const found = conflicts(half, stepsOf(rows, of), { base, patch: own })
    if (found === 'unknown-version') return { refused: found, detail: { version: base } }
    if (found.length > 0) return refusedFor(found, half.version)
  }
  const { document, changes } = patched(half.document, own)
  if (changes.length === 0) return { facts: [], answer: { version: half.version, changed: 0 } }
  if (bytesOf(document) > mostDocumentBytes) return tooLarge(of, mostDocumentBytes)
  const next = half.version + 1
  const body = { target: of, version: next, base, patch: own, owner: sideOf(asking), comment: said }
  return {
    facts: [{ kind: 'setting.saved', body }],
    answer: { version: next, changed: changes.length },
  }
}

function refusedFor(found: readonly Conflict[], stands: number): Decided<Kinds> {
  const [first] = found
  const shown = (value: unknown) => JSON.stringify(value).slice(0, mostValueText)
  return {
    refused: 'conflict',
    detail: {
      version: stands,
      fields: found.length,
      path: first?.path ?? '',
      base: shown(first?.base),
      yours: shown(first?.yours),
      theirs: shown(first?.theirs),
    },
  }
}

const tooLarge = (path: string, most: number) => ({ refused: 'too-large', detail: { path, most } })
const sideOf = ({ site }: Asking): Owner => (site === hubSite ? 'hub' : 'site')
const siteIn = (of: string): string | undefined => (of.startsWith('site:') ? of.slice(5) : undefined)

function halfOf(rows: Rows, of: string): Half {
  return rows.settings.get(of) ?? { version: 0, document: emptyDocument }
}

const stepsOf = (rows: Rows, of: string) => rows.settingSteps.list('byTarget', of)
