/** What can go wrong at first start, with one's own account, and with people. Part of the one catalogue (../words.ts). */
export const consoleErrors = {
  password_must_change: {
    status: 403,
    what: {
      en: 'You came in with a password that somebody made for you, which opens nothing else.',
      fr: 'Vous êtes entré avec un mot de passe que l’on a fait pour vous ; il n’ouvre rien d’autre.',
    },
    doThis: { en: 'Choose your own password first.', fr: 'Choisissez d’abord votre propre mot de passe.' },
  },
  password_wrong: {
    status: 422,
    what: { en: 'This is not your password.', fr: 'Ce n’est pas votre mot de passe.' },
    doThis: {
      en: 'Type the one with which you sign in. Whoever forgot it asks an owner for a new one.',
      fr: 'Tapez celui avec lequel vous vous connectez. Oublié : demandez-en un nouveau à un propriétaire.',
    },
  },
  password_same: {
    status: 422,
    what: {
      en: 'This is the password that you have already.',
      fr: 'C’est le mot de passe que vous avez déjà.',
    },
    doThis: { en: 'Choose another one.', fr: 'Choisissez-en un autre.' },
  },
  pin_of_lead: {
    status: 422,
    what: {
      en: 'This account has a PIN, which a lead of {site} gives.',
      fr: 'Ce compte a un code PIN, que donne un responsable de {site}.',
    },
    doThis: { en: 'Ask a lead for a new one.', fr: 'Demandez-en un nouveau à un responsable.' },
  },
  pin_form: {
    status: 400,
    what: { en: 'A PIN has six digits.', fr: 'Un code PIN a six chiffres.' },
    doThis: {
      en: 'Type six digits, or leave it out: then one is made.',
      fr: 'Tapez six chiffres, ou laissez vide : il en sera fait un.',
    },
  },
  totp_there: {
    status: 409,
    what: { en: 'You have a second factor already.', fr: 'Vous avez déjà un second facteur.' },
    doThis: {
      en: 'Take it away first, then set up another.',
      fr: 'Retirez-le d’abord, puis configurez l’autre.',
    },
  },
  totp_absent: {
    status: 409,
    what: { en: 'You have no second factor.', fr: 'Vous n’avez pas de second facteur.' },
    doThis: { en: 'Nothing is left to do.', fr: 'Il n’y a plus rien à faire.' },
  },
  totp_not_begun: {
    status: 409,
    what: {
      en: 'No second factor waits to be confirmed, or it waited for more than {minutes} min.',
      fr: 'Aucun second facteur n’attend d’être confirmé, ou il a attendu plus de {minutes} min.',
    },
    doThis: {
      en: 'Begin again and scan the new address.',
      fr: 'Recommencez et scannez la nouvelle adresse.',
    },
  },
  code_wrong: {
    status: 422,
    what: {
      en: 'This code is wrong, too old, or was used before.',
      fr: 'Ce code est faux, trop ancien, ou a déjà servi.',
    },
    doThis: {
      en: 'Wait for the next code of your app.',
      fr: 'Attendez le prochain code de votre application.',
    },
  },
  code_clock_unknown: {
    status: 409,
    what: {
      en: 'This box does not know what time it is, so it cannot judge the code of an app.',
      fr: 'Cette box ne sait pas quelle heure il est : elle ne peut pas juger le code d’une application.',
    },
    doThis: {
      en: 'Have a lead set the clock of the box, or use one of the ten codes where you have them.',
      fr: 'Faites régler l’horloge de la box par un responsable, ou utilisez l’un des dix codes si vous les avez.',
    },
  },
  session_absent: {
    status: 404,
    what: { en: 'You have no such session.', fr: 'Vous n’avez pas cette session.' },
    doThis: { en: 'Look at those that you have.', fr: 'Regardez celles que vous avez.' },
  },
  person_needed: {
    status: 403,
    what: {
      en: 'Only somebody who is signed in makes tokens, no program.',
      fr: 'Seule une personne connectée fait des jetons, aucun programme.',
    },
    doThis: { en: 'Sign in as an owner.', fr: 'Connectez-vous comme propriétaire.' },
  },
  setup_outside: {
    status: 403,
    what: {
      en: 'A box is set up from its own network.',
      fr: 'Une box se configure depuis son propre réseau.',
    },
    doThis: {
      en: 'Open its page from the network on which it is, or run regie setup on it.',
      fr: 'Ouvrez sa page depuis le réseau où elle se trouve, ou lancez regie setup dessus.',
    },
  },
  setup_code_wrong: {
    status: 403,
    what: { en: 'This is not the code of this box.', fr: 'Ce n’est pas le code de cette box.' },
    doThis: {
      en: 'Read it where Regie was started, or with regie code. It changes with each start.',
      fr: 'Lisez-le là où Regie a été lancée, ou avec regie code. Il change à chaque démarrage.',
    },
  },
  setup_locked: {
    status: 429,
    what: { en: 'Too many wrong codes from here.', fr: 'Trop de codes erronés d’ici.' },
    doThis: { en: 'Wait {minutes} min, then try again.', fr: 'Attendez {minutes} min, puis réessayez.' },
  },
  no_program: {
    status: 503,
    what: { en: 'No box runs on {folder}.', fr: 'Aucune box ne tourne sur {folder}.' },
    doThis: {
      en: 'Start it with regie start: its code is made then.',
      fr: 'Lancez-la avec regie start : son code est fait alors.',
    },
  },
} as const
