import type { Refusals } from '../pack/refusal.ts'

export const refusals: Refusals = {
  'unknown-order': {
    kind: 'missing',
    what: { en: 'There is no order of the kind {kind}.', fr: 'Il n’y a pas d’ordre du genre {kind}.' },
    doThis: {
      en: 'Check the name, or update the box that keeps the site.',
      fr: 'Vérifiez le nom, ou mettez à jour la box qui tient le site.',
    },
    field: 'kind',
  },
  'order-exists': {
    kind: 'conflict',
    what: { en: 'There is an order {order} already.', fr: 'Il y a déjà un ordre {order}.' },
    doThis: { en: 'Take another id for a new order.', fr: 'Prenez un autre id pour un nouvel ordre.' },
    field: 'id',
  },
  'no-order': {
    kind: 'missing',
    what: { en: 'There is no order {order}.', fr: 'Il n’y a pas d’ordre {order}.' },
    doThis: { en: 'Look at the list of orders.', fr: 'Voyez la liste des ordres.' },
    field: 'order',
  },
  'order-ended': {
    kind: 'conflict',
    what: { en: 'The order {order} has ended.', fr: 'L’ordre {order} est terminé.' },
    doThis: { en: 'Look at how it ended.', fr: 'Voyez comment il s’est terminé.' },
    field: 'order',
  },
  'order-runs': {
    kind: 'locked',
    what: {
      en: 'The order {order} is being carried out, and cannot be stopped.',
      fr: 'L’ordre {order} est en cours d’exécution et ne peut pas être arrêté.',
    },
    doThis: { en: 'Wait until it ends.', fr: 'Attendez qu’il se termine.' },
    field: 'order',
  },
  'nothing-to-retry': {
    kind: 'conflict',
    what: { en: 'Nothing of {order} has failed.', fr: 'Rien de {order} n’a échoué.' },
    doThis: { en: 'Issue a new order to do it again.', fr: 'Donnez un nouvel ordre pour le refaire.' },
    field: 'order',
  },
  'orders-full': {
    kind: 'many',
    what: { en: '{limit} orders wait for box {box}.', fr: '{limit} ordres attendent la box {box}.' },
    doThis: {
      en: 'Wait until it has done some, or cancel those that are no longer wanted.',
      fr: 'Attendez qu’elle en exécute, ou annulez ceux qui ne servent plus.',
    },
    field: 'to',
  },
  'too-many-orders': {
    kind: 'many',
    what: {
      en: 'Box {box} was given {limit} orders within a minute.',
      fr: 'La box {box} a reçu {limit} ordres en une minute.',
    },
    doThis: { en: 'Wait for a minute.', fr: 'Attendez une minute.' },
    field: 'to',
  },
}
