import type { Texts } from '../kit/say.ts'

export const words = {
  // Of the box itself.
  away: { en: 'The box does not answer.', fr: 'La box ne répond pas.' },
  awayDo: {
    en: 'Check that it is on and that this device is on its network, then try again.',
    fr: 'Vérifiez qu’elle est allumée et que cet appareil est sur son réseau, puis réessayez.',
  },
  tryAgain: { en: 'Try again', fr: 'Réessayer' },
  loading: { en: 'One moment…', fr: 'Un instant…' },

  // The frame.
  skip: { en: 'Skip to the page', fr: 'Aller au contenu' },
  home: { en: 'Home', fr: 'Accueil' },
  people: { en: 'People', fr: 'Personnes' },
  audit: { en: 'Who did what', fr: 'Qui a fait quoi' },
  status: { en: 'This box', fr: 'Cette box' },
  more: { en: 'More', fr: 'Plus' },
  find: { en: 'Find anything', fr: 'Rechercher' },
  findHint: { en: 'A page, a site, a box, a person', fr: 'Une page, un site, une box, une personne' },
  findNothing: {
    en: 'Nothing is called that. Try a number, or the beginning of a name.',
    fr: 'Rien ne porte ce nom. Essayez un numéro, ou le début d’un nom.',
  },
  page: { en: 'Page', fr: 'Page' },
  site: { en: 'Site', fr: 'Site' },
  box: { en: 'Box', fr: 'Box' },
  person: { en: 'Person', fr: 'Personne' },
  navigation: { en: 'Pages', fr: 'Pages' },
  myAccount: { en: 'My account', fr: 'Mon compte' },
  signOut: { en: 'Sign out', fr: 'Se déconnecter' },
  allSites: { en: 'All sites', fr: 'Tous les sites' },
  exercise: { en: 'EXERCISE', fr: 'EXERCICE' },
  theme: { en: 'Light or dark', fr: 'Clair ou sombre' },
  live: { en: 'Live', fr: 'En direct' },
  notLive: { en: 'Not live', fr: 'Pas en direct' },
  lineOld: { en: 'You see what it said last,', fr: 'Vous voyez ce qu’elle a dit en dernier,' },
  lineKeeps: {
    en: 'What you do is kept on this device and sent when it is back.',
    fr: 'Ce que vous faites est gardé sur cet appareil et envoyé à son retour.',
  },
  lineLoses: {
    en: 'This browser keeps nothing: leave this page open until the box is back.',
    fr: 'Ce navigateur ne garde rien : laissez cette page ouverte jusqu’au retour de la box.',
  },

  // What was asked for.
  look: { en: 'Look', fr: 'Voir' },
  askedTitle: { en: 'What you asked for', fr: 'Ce que vous avez demandé' },
  askWaiting: { en: 'Waits on this device', fr: 'Attend sur cet appareil' },
  askSent: { en: 'On its way', fr: 'En chemin' },
  askUnknown: { en: 'No answer yet: it is asked again', fr: 'Pas encore de réponse : on redemande' },
  askHeld: { en: 'The box keeps it for the keeper', fr: 'La box le garde pour celle qui tient le site' },
  askDone: { en: 'Done', fr: 'Fait' },
  askRefused: { en: 'Refused', fr: 'Refusé' },
  takeBack: { en: 'Take back', fr: 'Retirer' },
  seen: { en: 'Seen', fr: 'Vu' },

  // Signing in.
  signIn: { en: 'Sign in', fr: 'Se connecter' },
  login: { en: 'Login', fr: 'Identifiant' },
  password: { en: 'Password', fr: 'Mot de passe' },
  secondFactor: { en: 'Code of your app', fr: 'Code de votre application' },
  secondFactorHint: {
    en: 'Six digits, or one of your ten codes.',
    fr: 'Six chiffres, ou l’un de vos dix codes.',
  },
  forgot: {
    en: 'Forgotten? An owner gives you a new one, or at the box itself: regie account reset.',
    fr: 'Oublié ? Un propriétaire vous en donne un nouveau, ou sur la box même : regie account reset.',
  },
  organisationOf: { en: 'Control room of {organisation}', fr: 'Régie de {organisation}' },
  onThisBox: { en: 'Box {box}', fr: 'Box {box}' },

  // First start.
  firstTitle: { en: 'Set up this box', fr: 'Mettre cette box en service' },
  firstMore: {
    en: 'It takes a minute. Everything can be changed later, the short name of the site excepted.',
    fr: 'Une minute suffit. Tout peut changer plus tard, sauf le nom court du site.',
  },
  stepOf: { en: 'Step {step} of {steps}', fr: 'Étape {step} sur {steps}' },
  next: { en: 'Next', fr: 'Suivant' },
  back: { en: 'Back', fr: 'Retour' },
  chooseLanguage: { en: 'Language', fr: 'Langue' },
  code: { en: 'Code of the box', fr: 'Code de la box' },
  codeHint: {
    en: 'Six digits, where Regie was started: on the box’s screen, or by typing regie code.',
    fr: 'Six chiffres, là où Regie a démarré : sur l’écran de la box, ou avec regie code.',
  },
  organisation: { en: 'Organisation', fr: 'Organisation' },
  organisationHint: {
    en: 'Your club or company, as your people call it.',
    fr: 'Votre club ou entreprise, tel qu’on l’appelle.',
  },
  zone: { en: 'Time zone', fr: 'Fuseau horaire' },
  firstAccount: { en: 'You, its first owner', fr: 'Vous, premier propriétaire' },
  name: { en: 'Name', fr: 'Nom' },
  loginHint: { en: 'Short, for signing in.', fr: 'Court, pour se connecter.' },
  passwordHint: {
    en: '12 characters at least. Four words of your own are good.',
    fr: '12 caractères au moins. Quatre mots à vous conviennent bien.',
  },
  passwordShort: {
    en: 'This one is too short.',
    fr: 'Celui-ci est trop court.',
  },
  firstSite: { en: 'The first site', fr: 'Le premier site' },
  firstSiteHint: {
    en: 'What this box looks after: a race, a hall, a classroom, a venue.',
    fr: 'Ce dont cette box s’occupe : une course, une salle, une classe, un lieu.',
  },
  siteName: { en: 'Name of the site', fr: 'Nom du site' },
  siteShort: { en: 'Short name', fr: 'Nom court' },
  siteShortHint: {
    en: 'Small letters, digits and dashes. It stays.',
    fr: 'Minuscules, chiffres et tirets. Il reste.',
  },
  isExercise: { en: 'Only for practice', fr: 'Seulement pour s’exercer' },
  isExerciseMore: {
    en: 'Every page and screen says so, for ever. Simulated crowds run only there.',
    fr: 'Chaque page et chaque écran le dit, pour toujours. Les foules simulées n’existent que là.',
  },
  missing: { en: 'This is needed.', fr: 'Ceci est nécessaire.' },
  setUp: { en: 'Set up', fr: 'Mettre en service' },

  // Home.
  hello: { en: 'Hello {name}', fr: 'Bonjour {name}' },
  sites: { en: 'Sites', fr: 'Sites' },
  noSites: { en: 'No site yet', fr: 'Pas encore de site' },
  noSitesMore: {
    en: 'A site is a race, a hall, a classroom, a venue. Add the first with: regie site add.',
    fr: 'Un site est une course, une salle, une classe, un lieu. Ajoutez le premier avec : regie site add.',
  },
  clockUnknown: {
    en: 'This box does not know what time it is',
    fr: 'Cette box ne sait pas quelle heure il est',
  },
  clockUnknownMore: {
    en: 'Nothing expires, and codes of apps cannot be judged, until somebody tells it.',
    fr: 'Rien n’expire, et les codes des applications ne peuvent être jugés, tant que personne ne le lui dit.',
  },
  clockSet: { en: 'Set the clock', fr: 'Régler l’horloge' },
  clockTitle: { en: 'Is this the right time?', fr: 'Est-ce la bonne heure ?' },
  clockText: { en: 'This device says: {now}.', fr: 'Cet appareil indique : {now}.' },
  clockYes: { en: 'Yes, set it', fr: 'Oui, régler' },
  whatNext: { en: 'What to do next', fr: 'La suite' },
  nextFactor: {
    en: 'Protect your account with a second factor',
    fr: 'Protégez votre compte par un second facteur',
  },
  nextFactorMore: {
    en: 'Needed to sign in from outside, and wise for an owner.',
    fr: 'Nécessaire pour se connecter de l’extérieur, et sage pour un propriétaire.',
  },
  nextPeople: {
    en: 'Add the people who work with you',
    fr: 'Ajoutez les personnes qui travaillent avec vous',
  },
  nextPeopleMore: {
    en: 'Each with an own login: then the record says who did what.',
    fr: 'Chacune avec son identifiant : l’historique dit alors qui a fait quoi.',
  },
  nextBox: { en: 'Add a second box', fr: 'Ajoutez une seconde box' },
  nextBoxMore: {
    en: 'Until then there is no second copy of what happens.',
    fr: 'D’ici là, il n’y a pas de seconde copie de ce qui se passe.',
  },
  allDone: { en: 'All set.', fr: 'Tout est prêt.' },
  reach: { en: 'Open it on a phone', fr: 'L’ouvrir sur un téléphone' },
  reachMore: {
    en: 'On the same network, with its camera:',
    fr: 'Sur le même réseau, avec son appareil photo :',
  },
  boxesOfSite: { en: 'Boxes', fr: 'Box' },
  toSettle: { en: 'Decisions to settle', fr: 'Décisions à régler' },
  inQuarantine: { en: 'In quarantine', fr: 'En quarantaine' },
  needsPerson: { en: 'Somebody must decide', fr: 'Quelqu’un doit décider' },
  noSecondCopy: { en: 'No second copy', fr: 'Pas de seconde copie' },

  // One's own account.
  done: { en: 'Done', fr: 'Terminé' },
  saved: { en: 'Saved.', fr: 'Enregistré.' },
  save: { en: 'Save', fr: 'Enregistrer' },
  newPassword: { en: 'New password', fr: 'Nouveau mot de passe' },
  secondFactorShort: { en: 'Second factor', fr: 'Second facteur' },
  about: { en: 'About me', fr: 'À propos de moi' },
  lentUnknown: {
    en: 'Nobody knows how long the hub has not confirmed this account.',
    fr: 'La dernière confirmation de ce compte par le hub est inconnue.',
  },
  lentToday: {
    en: 'The hub has confirmed this account within the last day.',
    fr: 'Le hub a confirmé ce compte il y a moins d’un jour.',
  },
  lentDay: {
    en: 'The hub has not confirmed this account for {count} day.',
    fr: 'Le hub n’a pas confirmé ce compte depuis {count} jour.',
  },
  lentDays: {
    en: 'The hub has not confirmed this account for {count} days.',
    fr: 'Le hub n’a pas confirmé ce compte depuis {count} jours.',
  },
  lentMore: {
    en: 'This box let you in by what the hub has lent to it. Name, password and second factor are changed at the hub.',
    fr: 'Cette box vous a laissé entrer par ce que le hub lui a prêté. Nom, mot de passe et second facteur se changent au hub.',
  },
  changePassword: { en: 'Change the password', fr: 'Changer le mot de passe' },
  presentPassword: { en: 'Present password', fr: 'Mot de passe actuel' },
  passwordChanged: {
    en: 'Changed. Your other sessions have ended.',
    fr: 'Changé. Vos autres sessions sont terminées.',
  },
  mustChange: { en: 'Choose a password of your own', fr: 'Choisissez votre mot de passe' },
  mustChangeMore: {
    en: 'The one you were given was for this once.',
    fr: 'Celui qu’on vous a donné ne servait qu’une fois.',
  },
  factorOn: { en: 'On. {count} codes are left.', fr: 'Actif. Il reste {count} codes.' },
  factorOff: { en: 'Off', fr: 'Inactif' },
  factorStart: { en: 'Switch it on', fr: 'Activer' },
  factorScan: {
    en: 'Scan this with an authenticator app, then type the code that it shows.',
    fr: 'Scannez ceci avec une application d’authentification, puis tapez le code affiché.',
  },
  factorKey: { en: 'Or type this key into it', fr: 'Ou tapez-y cette clé' },
  factorConfirm: { en: 'Confirm', fr: 'Confirmer' },
  factorCodes: { en: 'Your ten codes', fr: 'Vos dix codes' },
  factorCodesMore: {
    en: 'Each lets you in once when the phone is away. Shown now and never again: print or copy them.',
    fr: 'Chacun ouvre une fois quand le téléphone manque. Affichés maintenant et plus jamais : imprimez-les ou copiez-les.',
  },
  factorEnd: { en: 'Switch it off', fr: 'Désactiver' },
  sessions: { en: 'Signed in', fr: 'Connexions' },
  thisBrowser: { en: 'This browser', fr: 'Ce navigateur' },
  endSession: { en: 'End this session?', fr: 'Terminer cette session ?' },
  endSessionText: {
    en: 'That browser must sign in again.',
    fr: 'Ce navigateur devra se reconnecter.',
  },
  end: { en: 'End', fr: 'Terminer' },
  since: { en: 'Since', fr: 'Depuis' },
  from: { en: 'From', fr: 'De' },

  // A page that is not there.
  notThere: { en: 'There is no such page', fr: 'Cette page n’existe pas' },
  notThereMore: {
    en: 'The address may be old. Everything can be found from the start.',
    fr: 'L’adresse est peut-être ancienne. Tout se retrouve depuis l’accueil.',
  },
  toHome: { en: 'To the start', fr: 'À l’accueil' },
} as const satisfies Readonly<Record<string, Texts>>
