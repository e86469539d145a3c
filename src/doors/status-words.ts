import type { BoxStatus, SiteStatus } from '../kernel/box/contract.ts'
import type { Texts } from './language.ts'
import type { SiteBrokerStatus } from './mqtt/site-broker/options.ts'

type Store = BoxStatus['store']['state']

export const words = {
  starting: { en: 'Starting…', fr: 'Démarrage…' },
  startingMore: {
    en: 'The box opens its store. This page goes on by itself.',
    fr: 'La box ouvre ses données. Cette page continue toute seule.',
  },
  stopping: { en: 'Stopping…', fr: 'Arrêt en cours…' },
  stoppingMore: {
    en: 'What was acknowledged is on disk. The page comes back when the box runs again.',
    fr: 'Ce qui était confirmé est sur le disque. La page revient quand la box tourne de nouveau.',
  },
  good: { en: 'All is well', fr: 'Tout va bien' },
  watch: { en: 'Needs a look', fr: 'À surveiller' },
  bad: { en: 'Needs help now', fr: 'Intervention nécessaire' },
  box: { en: 'Box', fr: 'Box' },
  store: { en: 'Store', fr: 'Données' },
  sites: { en: 'Sites', fr: 'Sites' },
  links: { en: 'Links to other boxes', fr: 'Liens avec d’autres box' },
  siteBroker: { en: 'Broker of the site', fr: 'Broker du site' },
  noLinks: { en: 'None', fr: 'Aucun' },
  head: { en: 'Last entry', fr: 'Dernière entrée' },
  unsent: { en: 'Not sent yet', fr: 'Pas encore envoyés' },
  copies: { en: 'Copies', fr: 'Copies' },
  oneCopy: { en: 'No second copy', fr: 'Pas de seconde copie' },
  viewLag: { en: 'Not shown yet', fr: 'Pas encore affichées' },
  orphans: { en: 'Decisions to settle', fr: 'Décisions à régler' },
  quarantine: { en: 'In quarantine', fr: 'En quarantaine' },
  clones: { en: 'Cloned or rewound cards', fr: 'Cartes clonées ou revenues en arrière' },
  noSite: { en: 'No site yet', fr: 'Pas encore de site' },
  noSiteMore: {
    en: 'This box runs and waits. Give its name, {box}, to the person who runs the control room: sites appear here as soon as the box serves one.',
    fr: 'Cette box tourne et attend. Donnez son nom, {box}, à la personne qui tient la régie : les sites apparaissent ici dès que la box en sert un.',
  },
  lost: {
    en: 'The box does not answer. What stands here is old.',
    fr: 'La box ne répond pas. Ce qui est affiché ici n’est plus à jour.',
  },
} as const satisfies Readonly<Record<string, Texts>>

export const storeWords: Readonly<Record<Store, Texts>> = {
  ok: { en: 'Working', fr: 'En ordre' },
  slow: { en: 'The disk is slow', fr: 'Le disque est lent' },
  full: { en: 'The disk is full: free some space', fr: 'Le disque est plein : libérez de la place' },
  failing: {
    en: 'The disk refuses to write: replace it',
    fr: 'Le disque refuse d’écrire : remplacez-le',
  },
}

export const brokerWords: Readonly<Record<SiteBrokerStatus['is'], Texts>> = {
  connected: { en: 'Connected', fr: 'Connecté' },
  connecting: { en: 'Connecting…', fr: 'Connexion…' },
  away: { en: 'Away; it is tried again', fr: 'Absent ; nouvel essai en cours' },
}

export const roleWords: Readonly<Record<SiteStatus['role'], Texts>> = {
  keeping: { en: 'Keeps it', fr: 'Tient le site' },
  opening: { en: 'About to keep it', fr: 'Va tenir le site' },
  following: { en: 'Follows it', fr: 'Suit le site' },
  halted: { en: 'Halted: waits for a person', fr: 'Arrêté : attend une personne' },
}
