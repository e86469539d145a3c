/** What can go wrong around accounts. Part of the one catalogue (../words.ts). */
export const accountErrors = {
  sign_in_wrong: {
    status: 401,
    what: {
      en: 'No account has this name with this password or PIN.',
      fr: 'Aucun compte n’a ce nom avec ce mot de passe ou ce code PIN.',
    },
    doThis: {
      en: 'Check both and try again. A lead of the site can help, or at the box: regie account reset.',
      fr: 'Vérifiez les deux et réessayez. Un responsable du site peut aider, ou sur la box : regie account reset.',
    },
  },
  sign_in_locked: {
    status: 429,
    what: {
      en: 'Too many wrong tries from here for this account.',
      fr: 'Trop d’essais erronés d’ici pour ce compte.',
    },
    doThis: {
      en: 'Wait {minutes} min, or ask a lead to unlock the account.',
      fr: 'Attendez {minutes} min, ou demandez à un responsable de débloquer le compte.',
    },
  },
  sign_in_suspended: {
    status: 403,
    what: { en: 'This account is suspended.', fr: 'Ce compte est suspendu.' },
    doThis: { en: 'Ask an owner of the organisation.', fr: 'Demandez à un propriétaire de l’organisation.' },
  },
  sign_in_code_needed: {
    status: 401,
    what: {
      en: 'The password is right; a code is missing.',
      fr: 'Le mot de passe est bon ; il manque un code.',
    },
    doThis: {
      en: 'Type the six digits of your app, or one of your codes.',
      fr: 'Tapez les six chiffres de votre application, ou l’un de vos codes.',
    },
  },
  sign_in_code_wrong: {
    status: 401,
    what: {
      en: 'This code is wrong, too old, or was used before.',
      fr: 'Ce code est faux, trop ancien, ou a déjà servi.',
    },
    doThis: {
      en: 'Wait for the next code of your app, or use one of your codes.',
      fr: 'Attendez le prochain code de votre application, ou utilisez l’un de vos codes.',
    },
  },
  sign_in_clock_unknown: {
    status: 401,
    what: {
      en: 'This box does not know what time it is, so it cannot judge the code of an app.',
      fr: 'Cette box ne sait pas quelle heure il est : elle ne peut pas juger le code d’une application.',
    },
    doThis: {
      en: 'Use one of your ten codes, or have a lead set the clock of the box.',
      fr: 'Utilisez l’un de vos dix codes, ou faites régler l’horloge de la box par un responsable.',
    },
  },
  sign_in_stale: {
    status: 403,
    what: {
      en: 'The hub has not confirmed this account for {days} days. Without it that lasts 30 days.',
      fr: 'Le hub n’a pas confirmé ce compte depuis {days} jours. Sans lui, cela vaut 30 jours.',
    },
    doThis: {
      en: 'Link this box, or the keeper of the site, to the hub for a moment, then sign in again.',
      fr: 'Reliez cette box, ou le keeper du site, un instant au hub, puis reconnectez-vous.',
    },
  },
  sign_in_lent_outside: {
    status: 403,
    what: {
      en: 'This account needs a second factor from outside, and only the hub can check it.',
      fr: 'De l’extérieur, ce compte a besoin d’un second facteur, que seul le hub peut vérifier.',
    },
    doThis: {
      en: 'Sign in at the hub, or from the network of this box.',
      fr: 'Connectez-vous au hub, ou depuis le réseau de cette box.',
    },
  },
  login_lent: {
    status: 409,
    what: {
      en: '{login} is an account of the organisation, which the hub lends to this box.',
      fr: '{login} est un compte de l’organisation, que le hub prête à cette box.',
    },
    doThis: {
      en: 'Change it at the hub: this box follows as soon as they are linked.',
      fr: 'Modifiez-le au hub : cette box suit dès qu’ils sont reliés.',
    },
  },
  totp_needed_outside: {
    status: 403,
    what: {
      en: 'From outside, owners and managers sign in with a second factor, and this account has none.',
      fr: 'De l’extérieur, propriétaires et gestionnaires se connectent avec un second facteur ; ce compte n’en a pas.',
    },
    doThis: {
      en: 'Sign in from the network of the box once and set it up there.',
      fr: 'Connectez-vous une fois depuis le réseau de la box et configurez-le là.',
    },
  },
  https_needed: {
    status: 403,
    what: {
      en: 'From outside, passwords travel over HTTPS only.',
      fr: 'De l’extérieur, les mots de passe ne passent que par HTTPS.',
    },
    doThis: {
      en: 'Open the same address with https://. Behind a proxy, the box must trust it (--trusted-proxies).',
      fr: 'Ouvrez la même adresse avec https://. Derrière un proxy, la box doit le croire (--trusted-proxies).',
    },
  },
  password_short: {
    status: 400,
    what: {
      en: 'The password has fewer than {least} characters, or more than {most}.',
      fr: 'Le mot de passe a moins de {least} caractères, ou plus de {most}.',
    },
    doThis: {
      en: 'Choose a longer one: three or four words are easy to keep.',
      fr: 'Choisissez-en un plus long : trois ou quatre mots se retiennent bien.',
    },
  },
  password_missing: {
    status: 400,
    what: { en: 'There is no password.', fr: 'Il n’y a pas de mot de passe.' },
    doThis: {
      en: 'Give it on the standard input with --password-stdin, or in a file with --password-file.',
      fr: 'Donnez-le sur l’entrée standard avec --password-stdin, ou dans un fichier avec --password-file.',
    },
  },
  login_unknown: {
    status: 404,
    what: { en: 'There is no account {login}.', fr: 'Il n’y a pas de compte {login}.' },
    doThis: { en: 'See them all: regie account list.', fr: 'Voyez-les tous : regie account list.' },
  },
  role_unknown: {
    status: 400,
    what: { en: 'There is no role {role}.', fr: 'Il n’y a pas de rôle {role}.' },
    doThis: { en: 'There are: {roles}.', fr: 'Il y a : {roles}.' },
  },
  permission_unknown: {
    status: 400,
    what: { en: 'Nothing is called {name}.', fr: 'Rien ne s’appelle {name}.' },
    doThis: {
      en: 'Name actions, queries, orders and topics in full, for instance {example}.',
      fr: 'Nommez actions, questions, ordres et sujets en entier, par exemple {example}.',
    },
  },
  setup_done: {
    status: 409,
    what: {
      en: 'This box is set up already, for {organisation}.',
      fr: 'Cette box est déjà configurée, pour {organisation}.',
    },
    doThis: {
      en: 'Add people with regie account add, sites with regie site add.',
      fr: 'Ajoutez des personnes avec regie account add, des sites avec regie site add.',
    },
  },
  setup_needed: {
    status: 409,
    what: { en: 'This box is not set up yet.', fr: 'Cette box n’est pas encore configurée.' },
    doThis: { en: 'Run regie setup first.', fr: 'Lancez d’abord regie setup.' },
  },
  name_invalid: {
    status: 400,
    what: { en: '{what} cannot be {value}.', fr: '{what} ne peut pas être {value}.' },
    doThis: {
      en: 'Use small letters, digits and dashes, for instance {example}.',
      fr: 'Utilisez des minuscules, des chiffres et des tirets, par exemple {example}.',
    },
  },
  clock_unknown: {
    status: 503,
    what: { en: 'This box does not know what time it is.', fr: 'Cette box ne sait pas quelle heure il est.' },
    doThis: {
      en: 'Link it, or set its clock, then try again.',
      fr: 'Reliez-la, ou réglez son horloge, puis réessayez.',
    },
  },
  keeper_silent: {
    status: 503,
    what: {
      en: 'The keeper of {site} did not decide this ({why}).',
      fr: 'Le keeper de {site} n’a pas décidé ({why}).',
    },
    doThis: { en: 'Ask again; nothing is done twice.', fr: 'Redemandez ; rien ne se fait deux fois.' },
  },
} as const
