import type { Refusals } from '../pack/refusal.ts'
import { refusals as accounts } from '../accounts/refusals.ts'
import { refusals as orders } from '../orders/refusals.ts'
import { refusals as settings } from '../settings/refusals.ts'

/** What the kernel itself refuses, whatever is asked (ACT-3). */
const asking: Refusals = {
  'keeper-away': {
    kind: 'away',
    what: {
      en: 'The box that keeps this site cannot be reached. Nothing was done.',
      fr: 'La box qui tient ce site est injoignable. Rien n’a été fait.',
    },
    doThis: {
      en: 'Try again when it is back. If it is dead, a lead lets another box take over.',
      fr: 'Réessayez quand elle est de retour. Si elle est morte, un responsable fait reprendre le site par une autre box.',
    },
  },
  'disk-full': {
    kind: 'full',
    what: {
      en: 'The disk of the box that keeps this site is full. Nothing was done.',
      fr: 'Le disque de la box qui tient ce site est plein. Rien n’a été fait.',
    },
    doThis: {
      en: 'Free some space on it, then try again.',
      fr: 'Libérez-y de la place, puis réessayez.',
    },
  },
  'unknown-action': {
    kind: 'missing',
    what: {
      en: 'The box that keeps this site does not know {action}.',
      fr: 'La box qui tient ce site ne connaît pas {action}.',
    },
    doThis: {
      en: 'Update Regie on that box, or check the name.',
      fr: 'Mettez Regie à jour sur cette box, ou vérifiez le nom.',
    },
  },
  'key-conflict': {
    kind: 'conflict',
    what: {
      en: 'This key was used before, for something else.',
      fr: 'Cette clé a déjà servi, pour autre chose.',
    },
    doThis: {
      en: 'Make a new key for each thing that is asked for. Use one again only to repeat the very same request.',
      fr: 'Créez une nouvelle clé pour chaque demande. Ne la réutilisez que pour répéter exactement la même.',
    },
  },
  malformed: {
    kind: 'malformed',
    what: {
      en: 'What was sent is not as it must be.',
      fr: 'Ce qui a été envoyé n’a pas la forme attendue.',
    },
    doThis: {
      en: 'Correct the field that is named, then send it again.',
      fr: 'Corrigez le champ indiqué, puis renvoyez.',
    },
  },
  'too-large': {
    kind: 'large',
    what: {
      en: 'What would have to be written down is too long.',
      fr: 'Ce qu’il faudrait enregistrer est trop long.',
    },
    doThis: {
      en: 'Send it in smaller parts.',
      fr: 'Envoyez-le en plusieurs parties.',
    },
  },
  expired: {
    kind: 'away',
    what: {
      en: 'The time for this was over before it could be decided. Nothing was done.',
      fr: 'Le délai était passé avant qu’on puisse décider. Rien n’a été fait.',
    },
    doThis: {
      en: 'Ask again, with a new key, if it is still wanted.',
      fr: 'Redemandez, avec une nouvelle clé, si c’est toujours utile.',
    },
  },
  'too-many-waiting': {
    kind: 'many',
    what: {
      en: 'Already {most} requests wait here for the box that keeps the site.',
      fr: 'Déjà {most} demandes attendent ici la box qui tient le site.',
    },
    doThis: {
      en: 'Wait until it is back and has answered some of them.',
      fr: 'Attendez qu’elle revienne et en traite quelques-unes.',
    },
  },
  'too-many-errands': {
    kind: 'many',
    what: {
      en: 'Too much is still under way from this site to another.',
      fr: 'Trop de demandes de ce site à un autre sont encore en route.',
    },
    doThis: {
      en: 'Wait until the other site has answered, then try again.',
      fr: 'Attendez que l’autre site ait répondu, puis réessayez.',
    },
  },
  internal: {
    kind: 'broken',
    what: {
      en: 'Regie made a mistake while it decided. Nothing was done.',
      fr: 'Regie a fait une erreur en décidant. Rien n’a été fait.',
    },
    doThis: {
      en: 'Send the log of the box to whoever looks after it. Trying again does not help.',
      fr: 'Envoyez le journal de la box à la personne qui s’en occupe. Réessayer ne sert à rien.',
    },
  },
  unreadable: {
    kind: 'rule',
    what: {
      en: 'An entry that was handed in cannot be read.',
      fr: 'Une entrée remise est illisible.',
    },
    doThis: {
      en: 'It stays in the salvage of the box that has it: send that box’s log to whoever looks after it.',
      fr: 'Elle reste dans les restes de la box qui l’a : envoyez le journal de cette box à la personne qui s’en occupe.',
    },
  },
  'records-missing': {
    kind: 'away',
    what: {
      en: 'Records that come before this entry are not here yet.',
      fr: 'Des enregistrements antérieurs à cette entrée ne sont pas encore là.',
    },
    doThis: {
      en: 'Wait: the boxes hand them in by themselves.',
      fr: 'Attendez : les box les remettent toutes seules.',
    },
  },
}

/** What is asked and read live (LIVE-12). */
const reading: Refusals = {
  'unknown-query': {
    kind: 'missing',
    what: { en: 'There is no query {query}.', fr: 'Il n’y a pas de requête {query}.' },
    doThis: { en: 'Check the name.', fr: 'Vérifiez le nom.' },
  },
  'unknown-site': {
    kind: 'missing',
    what: { en: 'This box has no site {site}.', fr: 'Cette box n’a pas de site {site}.' },
    doThis: {
      en: 'Check the name, or ask another box.',
      fr: 'Vérifiez le nom, ou demandez à une autre box.',
    },
  },
  'not-allowed': {
    kind: 'forbidden',
    what: { en: 'You may not read this.', fr: 'Vous n’avez pas le droit de lire cela.' },
    doThis: {
      en: 'Sign in with an account that may.',
      fr: 'Connectez-vous avec un compte qui en a le droit.',
    },
  },
  'one-site': {
    kind: 'malformed',
    what: {
      en: 'This is asked of one site at a time.',
      fr: 'Cela se demande pour un seul site à la fois.',
    },
    doThis: { en: 'Say which site.', fr: 'Dites pour quel site.' },
    field: 'site',
  },
  'id-in-use': {
    kind: 'conflict',
    what: { en: 'Something is read under {id} already.', fr: 'Quelque chose est déjà lu sous {id}.' },
    doThis: { en: 'Take another id, or stop the first.', fr: 'Prenez un autre id, ou arrêtez le premier.' },
    field: 'id',
  },
  'read-already': {
    kind: 'conflict',
    what: { en: 'The same is read already, under {id}.', fr: 'La même chose est déjà lue, sous {id}.' },
    doThis: { en: 'Use what comes there.', fr: 'Utilisez ce qui arrive là.' },
  },
  'too-many': {
    kind: 'many',
    what: {
      en: 'No more than {most} can be read here at a time.',
      fr: 'On ne peut pas en lire plus de {most} à la fois ici.',
    },
    doThis: { en: 'Stop some of them first.', fr: 'Arrêtez-en d’abord.' },
  },
}

const boxes: Refusals = {
  keeps: {
    kind: 'conflict',
    what: { en: 'Box {box} keeps this site.', fr: 'La box {box} tient ce site.' },
    doThis: {
      en: 'Hand the site over to another box first.',
      fr: 'Passez d’abord le site à une autre box.',
    },
    field: 'box',
  },
  'not-assigned': {
    kind: 'missing',
    what: { en: 'Box {box} is not assigned to this site.', fr: 'La box {box} n’est pas affectée à ce site.' },
    doThis: { en: 'Assign it first, or check its name.', fr: 'Affectez-la d’abord, ou vérifiez son nom.' },
  },
  'not-quarantined': {
    kind: 'missing',
    what: {
      en: 'Nothing waits in quarantine at entry {n}.',
      fr: 'Rien n’attend en quarantaine à l’entrée {n}.',
    },
    doThis: {
      en: 'Look at the list again: somebody may have admitted it.',
      fr: 'Revoyez la liste : quelqu’un l’a peut-être déjà admis.',
    },
    field: 'n',
  },
  'not-admissible': {
    kind: 'rule',
    what: {
      en: 'What waits at entry {n} still cannot be understood by this box.',
      fr: 'Ce qui attend à l’entrée {n} reste incompréhensible pour cette box.',
    },
    doThis: {
      en: 'Update Regie on the box that keeps the site, or leave it where it is.',
      fr: 'Mettez Regie à jour sur la box qui tient le site, ou laissez-le où il est.',
    },
    field: 'n',
  },
  'no-orphan': {
    kind: 'missing',
    what: {
      en: 'No decision of a lost branch waits at {term}, entry {n}.',
      fr: 'Aucune décision d’une branche perdue n’attend à {term}, entrée {n}.',
    },
    doThis: { en: 'Look at the list again.', fr: 'Revoyez la liste.' },
  },
  'settled-already': {
    kind: 'conflict',
    what: { en: 'This decision is settled already ({how}).', fr: 'Cette décision est déjà réglée ({how}).' },
    doThis: { en: 'Nothing is left to do.', fr: 'Il n’y a plus rien à faire.' },
  },
  'not-keeper': {
    kind: 'conflict',
    what: { en: 'This box does not keep the site.', fr: 'Cette box ne tient pas le site.' },
    doThis: { en: 'Ask the box that keeps it.', fr: 'Demandez à la box qui le tient.' },
  },
  'keeps-already': {
    kind: 'conflict',
    what: { en: 'Box {box} keeps the site already.', fr: 'La box {box} tient déjà le site.' },
    doThis: { en: 'Nothing is left to do.', fr: 'Il n’y a plus rien à faire.' },
    field: 'box',
  },
  starting: {
    kind: 'away',
    what: { en: 'This box is still starting.', fr: 'Cette box démarre encore.' },
    doThis: { en: 'Try again in a few seconds.', fr: 'Réessayez dans quelques secondes.' },
  },
  'does-not-follow': {
    kind: 'rule',
    what: {
      en: 'Box {box} does not have the whole log of this site.',
      fr: 'La box {box} n’a pas tout le journal de ce site.',
    },
    doThis: {
      en: 'Choose a box that follows the site whole, or assign it and wait until it has caught up.',
      fr: 'Choisissez une box qui suit tout le site, ou affectez-la et attendez qu’elle ait tout reçu.',
    },
    field: 'box',
  },
  'no-site-key': {
    kind: 'locked',
    what: { en: 'This box does not have the key of the site.', fr: 'Cette box n’a pas la clé du site.' },
    doThis: {
      en: 'Take over at a box that was assigned to the site before.',
      fr: 'Reprenez le site sur une box qui y était affectée auparavant.',
    },
  },
  'unknown-kind': {
    kind: 'rule',
    what: {
      en: 'The log holds {kind}, which this box does not know.',
      fr: 'Le journal contient {kind}, que cette box ne connaît pas.',
    },
    doThis: { en: 'Update Regie on this box first.', fr: 'Mettez d’abord Regie à jour sur cette box.' },
  },
  'clock-known': {
    kind: 'conflict',
    what: {
      en: 'The box that keeps this site knows the time better than a watch.',
      fr: 'La box qui tient ce site connaît l’heure mieux qu’une montre.',
    },
    doThis: { en: 'Leave the clock as it is.', fr: 'Laissez l’horloge comme elle est.' },
    field: 'time',
  },
}

export const refusals: Refusals = { ...asking, ...reading, ...boxes, ...accounts, ...orders, ...settings }
