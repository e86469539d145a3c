import type { Texts } from '../../../kernel/texts.ts'

/** What the pages of the fleet say. */
export const words = {
  people: { en: 'People', fr: 'Personnes' },
  person: { en: 'Person', fr: 'Personne' },
  audit: { en: 'Who did what', fr: 'Qui a fait quoi' },
  name: { en: 'Name', fr: 'Nom' },
  login: { en: 'Login', fr: 'Identifiant' },
  loginHint: { en: 'Short, for signing in.', fr: 'Court, pour se connecter.' },
  language: { en: 'Language', fr: 'Langue' },
  loading: { en: 'One moment…', fr: 'Un instant…' },
  organisation: { en: 'The organisation', fr: 'L’organisation' },
  noPeopleMore: {
    en: 'Add those who work with you: each with an own login.',
    fr: 'Ajoutez celles et ceux qui travaillent avec vous : chacun avec son identifiant.',
  },
  removeRole: { en: 'Take this role away?', fr: 'Retirer ce rôle ?' },
  removeRoleText: {
    en: '{name} can do less at once. You can give it again.',
    fr: '{name} peut faire moins tout de suite. Vous pourrez le redonner.',
  },
  site: { en: 'Site', fr: 'Site' },
  filterWho: { en: 'By whom', fr: 'Par qui' },
  entry: { en: 'Entry', fr: 'Entrée' },
  address: { en: 'Address', fr: 'Adresse' },
  whatExactly: { en: 'Exactly', fr: 'Exactement' },
  again: { en: 'Try again', fr: 'Réessayer' },
  // People.
  addPerson: { en: 'Add a person', fr: 'Ajouter une personne' },
  noPeople: { en: 'Nobody yet', fr: 'Personne encore' },
  role: { en: 'Role', fr: 'Rôle' },
  roles: { en: 'Roles', fr: 'Rôles' },
  where: { en: 'Where', fr: 'Où' },
  everywhere: { en: 'everywhere', fr: 'partout' },
  suspended: { en: 'Suspended', fr: 'Suspendu' },
  active: { en: 'Active', fr: 'Actif' },
  state: { en: 'State', fr: 'État' },
  suspend: { en: 'Suspend', fr: 'Suspendre' },
  suspendTitle: { en: 'Suspend {name}?', fr: 'Suspendre {name} ?' },
  suspendText: {
    en: 'Signed out everywhere within seconds, and cannot sign in. You can undo it.',
    fr: 'Déconnexion partout en quelques secondes, et plus de connexion possible. Vous pourrez revenir en arrière.',
  },
  resume: { en: 'Let in again', fr: 'Rétablir' },
  newPassword: { en: 'New password', fr: 'Nouveau mot de passe' },
  onceTitle: { en: 'Give this to {name}', fr: 'À donner à {name}' },
  onceMore: {
    en: 'Shown once. It lets in once; then an own password must be chosen.',
    fr: 'Affiché une seule fois. Il ouvre une fois ; il faut ensuite choisir un mot de passe.',
  },
  signOutEverywhere: { en: 'Sign out everywhere', fr: 'Déconnecter partout' },
  unlock: { en: 'Unlock', fr: 'Déverrouiller' },
  grant: { en: 'Give a role', fr: 'Donner un rôle' },
  remove: { en: 'Take away', fr: 'Retirer' },
  done: { en: 'Done', fr: 'Terminé' },
  saved: { en: 'Saved.', fr: 'Enregistré.' },
  save: { en: 'Save', fr: 'Enregistrer' },
  cancel: { en: 'Cancel', fr: 'Annuler' },
  secondFactorShort: { en: 'Second factor', fr: 'Second facteur' },
  yes: { en: 'Yes', fr: 'Oui' },
  no: { en: 'No', fr: 'Non' },

  // Who did what.
  auditWho: { en: 'Who', fr: 'Qui' },
  auditWhat: { en: 'What', fr: 'Quoi' },
  auditWhen: { en: 'When', fr: 'Quand' },
  auditOutcome: { en: 'Outcome', fr: 'Issue' },
  auditDone: { en: 'done', fr: 'fait' },
  auditRefused: { en: 'refused', fr: 'refusé' },
  auditEmpty: { en: 'Nothing yet', fr: 'Rien encore' },
  auditEmptyMore: {
    en: 'Whatever somebody does or is refused here appears in this list.',
    fr: 'Tout ce que quelqu’un fait ou se voit refuser ici apparaît dans cette liste.',
  },
  older: { en: 'Older', fr: 'Plus ancien' },
  export: { en: 'Export', fr: 'Exporter' },
  erased: { en: 'erased', fr: 'effacé' },
} as const satisfies Readonly<Record<string, Texts>>

/** As packs name them; those of a trade are in its own words. */
export const roleNames = {
  owner: { en: 'Owner', fr: 'Propriétaire' },
  manager: { en: 'Manager', fr: 'Gestionnaire' },
  installer: { en: 'Installer', fr: 'Installateur' },
  lead: { en: 'Lead', fr: 'Responsable' },
  volunteer: { en: 'Volunteer', fr: 'Bénévole' },
  viewer: { en: 'Viewer', fr: 'Lecteur' },
} as const satisfies Readonly<Record<string, Texts>>

export const roleMeanings = {
  owner: { en: 'Everything, people and tokens too.', fr: 'Tout, y compris personnes et jetons.' },
  manager: { en: 'Everything about boxes and sites.', fr: 'Tout ce qui touche aux box et aux sites.' },
  installer: { en: 'Claims, assigns and moves boxes.', fr: 'Adopte, affecte et déplace les box.' },
  lead: { en: 'Runs and repairs a site on the day.', fr: 'Mène et répare un site le jour même.' },
  volunteer: {
    en: 'Sees whether all is well, and whom to call.',
    fr: 'Voit si tout va bien, et qui appeler.',
  },
  viewer: { en: 'Looks, and changes nothing.', fr: 'Regarde, sans rien changer.' },
} as const satisfies Readonly<Record<keyof typeof roleNames, Texts>>
