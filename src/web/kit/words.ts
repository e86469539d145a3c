import type { Texts } from './say.ts'

/** What the parts of the kit say by themselves. */
export const words = {
  close: { en: 'Close', fr: 'Fermer' },
  cancel: { en: 'Cancel', fr: 'Annuler' },
  undo: { en: 'Undo', fr: 'Annuler' },
  show: { en: 'Show', fr: 'Afficher' },
  hide: { en: 'Hide', fr: 'Masquer' },
  copy: { en: 'Copy', fr: 'Copier' },
  copied: { en: 'Copied', fr: 'Copié' },
  copyByHand: { en: 'Select it and copy it by hand', fr: 'Sélectionnez-le et copiez-le à la main' },
  working: { en: 'Working…', fr: 'En cours…' },
  optional: { en: 'optional', fr: 'facultatif' },
  typeToConfirm: { en: 'Type {word} to confirm', fr: 'Tapez {word} pour confirmer' },
  sortBy: { en: 'Sort by {title}', fr: 'Trier par {title}' },
  rows: { en: '{count} rows', fr: '{count} lignes' },
  good: { en: 'Good', fr: 'En ordre' },
  watch: { en: 'Needs a look', fr: 'À surveiller' },
  bad: { en: 'Needs help', fr: 'À traiter' },
  off: { en: 'Off', fr: 'Éteint' },
  unknown: { en: 'Unknown', fr: 'Inconnu' },
  busy: { en: 'Under way', fr: 'En cours' },
} as const satisfies Readonly<Record<string, Texts>>
