import { everybody, isKernelRole } from '../kernel/pack/roles.ts'
import type { KernelRole } from '../kernel/pack/roles.ts'
import { texts } from './errors.ts'
import type { Texts } from './language.ts'

const words: Readonly<Record<KernelRole, Texts>> = {
  owner: { en: 'owner', fr: 'propriétaire' },
  manager: { en: 'manager', fr: 'gestionnaire' },
  installer: { en: 'installer', fr: 'installateur' },
  lead: { en: 'lead', fr: 'responsable' },
  volunteer: { en: 'volunteer', fr: 'bénévole' },
  viewer: { en: 'viewer', fr: 'lecteur' },
}
const anybody: Texts = { en: 'everybody', fr: 'tout le monde' }

/** Roles as a sentence lists them. A trade's own go by their names. */
export const roleTexts = (allow: readonly string[]): Texts =>
  texts((language) =>
    allow
      .map((role) =>
        role === everybody ? anybody[language] : isKernelRole(role) ? words[role][language] : role,
      )
      .join(', '),
  )
