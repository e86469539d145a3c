import type { Refusals } from '../../kernel/pack/refusal.ts'

export const refusals: Refusals = {
  closed: {
    kind: 'locked',
    what: {
      en: 'The stall {stall} takes no coins any more.',
      fr: 'Le stand {stall} ne prend plus de jetons.',
    },
    doThis: { en: 'Send the visitor to another stall.', fr: 'Envoyez le visiteur à un autre stand.' },
    field: 'stall',
  },
  insufficient: {
    kind: 'rule',
    what: { en: '{account} lacks {short} coins for this.', fr: 'Il manque {short} jetons à {account}.' },
    doThis: { en: 'Ask for less, or put coins on it first.', fr: 'Demandez moins, ou créditez-le d’abord.' },
    field: 'cents',
  },
  'nothing-moved': {
    kind: 'rule',
    what: { en: 'No coins were moved by that {action}.', fr: 'Aucun jeton n’a bougé par ce {action}.' },
    doThis: { en: 'Drop it instead.', fr: 'Écartez-la plutôt.' },
  },
  'too-much': {
    kind: 'rule',
    what: {
      en: 'No more than {most} coins are given out at once.',
      fr: 'Pas plus de {most} jetons à la fois.',
    },
    doThis: { en: 'Send less at a time.', fr: 'Envoyez-en moins à la fois.' },
    field: 'cents',
  },
}
