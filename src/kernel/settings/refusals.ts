import type { Refusals } from '../pack/refusal.ts'

export const refusals: Refusals = {
  conflict: {
    kind: 'conflict',
    what: {
      en: 'Somebody else has changed {path} meanwhile (version {version}).',
      fr: 'Quelqu’un d’autre a modifié {path} entre-temps (version {version}).',
    },
    doThis: {
      en: 'Look at what stands now, then save again upon that version.',
      fr: 'Regardez ce qui est en place, puis enregistrez de nouveau sur cette version.',
    },
  },
  'unknown-path': {
    kind: 'malformed',
    what: { en: 'There is no setting {path}.', fr: 'Il n’y a pas de réglage {path}.' },
    doThis: { en: 'Check the name.', fr: 'Vérifiez le nom.' },
  },
  'wrong-type': {
    kind: 'malformed',
    what: {
      en: 'The setting {path} cannot have this value.',
      fr: 'Le réglage {path} ne peut pas prendre cette valeur.',
    },
    doThis: { en: 'Correct the value.', fr: 'Corrigez la valeur.' },
  },
  'not-owner': {
    kind: 'locked',
    what: {
      en: 'The setting {path} is decided by: {owner}.',
      fr: 'Le réglage {path} est décidé par : {owner}.',
    },
    doThis: {
      en: 'Change it there, or force it and say why.',
      fr: 'Modifiez-le là-bas, ou forcez-le en disant pourquoi.',
    },
  },
  'no-site': {
    kind: 'malformed',
    what: {
      en: 'The setting {path} belongs to a site, and it is not said to which.',
      fr: 'Le réglage {path} appartient à un site, et on ne sait pas auquel.',
    },
    doThis: { en: 'Say which site.', fr: 'Dites pour quel site.' },
    field: 'force.site',
  },
  'too-many-overrides': {
    kind: 'many',
    what: { en: 'There are {most} overrides already.', fr: 'Il y a déjà {most} réglages temporaires.' },
    doThis: { en: 'End some of them first.', fr: 'Terminez-en d’abord.' },
    field: 'target',
  },
  'no-override': {
    kind: 'missing',
    what: {
      en: 'There is no such override of {target}.',
      fr: 'Il n’y a pas de tel réglage temporaire de {target}.',
    },
    doThis: { en: 'Nothing is left to do if it has ended.', fr: 'Rien à faire s’il est terminé.' },
    field: 'override',
  },
  'unknown-version': {
    kind: 'missing',
    what: { en: 'Version {version} is not known any more.', fr: 'La version {version} n’est plus connue.' },
    doThis: { en: 'Begin from the version that stands now.', fr: 'Repartez de la version en place.' },
  },
}
