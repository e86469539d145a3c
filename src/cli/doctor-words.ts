import type { Texts } from '../doors/language.ts'

type Words = { readonly what: Texts; readonly doThis?: Texts }

/** What the doctor finds, and what to do about it. What is well needs nothing done. */
export const doctorWords = {
  store: { what: { en: 'Regie runs, and its store works.', fr: 'Regie tourne et enregistre bien.' } },
  stopped: {
    what: { en: 'Regie does not run on {folder}.', fr: 'Regie ne tourne pas sur {folder}.' },
    doThis: { en: 'Start it: regie start', fr: 'Démarrez-la : regie start' },
  },
  busy: {
    what: { en: 'Regie is just starting or stopping.', fr: 'Regie démarre ou s’arrête à l’instant.' },
    doThis: { en: 'Ask again in a few seconds.', fr: 'Redemandez dans quelques secondes.' },
  },
  slow: {
    what: { en: 'The disk is slow. {detail}', fr: 'Le disque est lent. {detail}' },
    doThis: {
      en: 'If it lasts, replace the SD card or the disk before the event.',
      fr: 'Si cela dure, remplacez la carte SD ou le disque avant l’événement.',
    },
  },
  full: {
    what: {
      en: 'The disk is full: nothing more is recorded. {detail}',
      fr: 'Le disque est plein : plus rien n’est enregistré. {detail}',
    },
    doThis: { en: 'Free some space now.', fr: 'Libérez de la place maintenant.' },
  },
  failing: {
    what: { en: 'The disk refuses to write. {detail}', fr: 'Le disque refuse d’écrire. {detail}' },
    doThis: {
      en: 'Let another box take over, and replace this one’s disk.',
      fr: 'Faites reprendre le site par une autre box et remplacez le disque de celle-ci.',
    },
  },
  disk: { what: { en: '{free} of {size} MiB of disk are free.', fr: '{free} Mio libres sur {size}.' } },
  diskLow: {
    what: { en: 'Only {free} of {size} MiB of disk are free.', fr: 'Il ne reste que {free} Mio sur {size}.' },
    doThis: { en: 'Free some space before the event.', fr: 'Libérez de la place avant l’événement.' },
  },
  diskOut: {
    what: {
      en: 'The disk is nearly full: {free} MiB are free.',
      fr: 'Disque presque plein : {free} Mio libres.',
    },
    doThis: { en: 'Free some space now.', fr: 'Libérez de la place maintenant.' },
  },
  key: {
    what: {
      en: 'Only its owner can read the box’s private key.',
      fr: 'Seul son propriétaire peut lire la clé privée de la box.',
    },
    doThis: {
      en: 'Other accounts can read it: chmod 600 {folder}/identity',
      fr: 'D’autres comptes peuvent la lire : chmod 600 {folder}/identity',
    },
  },
  clock: { what: { en: 'The clock goes on from where it was.', fr: 'L’horloge continue d’où elle était.' } },
  clockBack: {
    what: {
      en: 'The machine’s clock is {days} days behind the last write.',
      fr: 'L’horloge de la machine est {days} jours en retard sur la dernière écriture.',
    },
    doThis: {
      en: 'Set the date, or connect the box to a network with a time server.',
      fr: 'Réglez la date, ou reliez la box à un réseau qui donne l’heure.',
    },
  },
  site: { what: { en: '{site}: all is well.', fr: '{site} : tout va bien.' } },
  halted: {
    what: { en: '{site} is halted: {why}.', fr: '{site} est arrêté : {why}.' },
    doThis: { en: 'It waits for a person: see its page.', fr: 'Il attend une personne : voyez sa page.' },
  },
  oneCopy: {
    what: { en: '{site}: there is no second copy.', fr: '{site} : pas de seconde copie.' },
    doThis: {
      en: 'Link the hub, or assign another box to the site.',
      fr: 'Reliez le hub, ou affectez une autre box au site.',
    },
  },
  orphans: {
    what: { en: '{site}: {count} decisions wait to be settled.', fr: '{site} : {count} décisions à régler.' },
    doThis: {
      en: 'They were granted by a keeper that was replaced: settle each on the site’s page.',
      fr: 'Elles avaient été accordées par une box remplacée : réglez-les sur la page du site.',
    },
  },
  quarantine: {
    what: { en: '{site}: {count} facts are in quarantine.', fr: '{site} : {count} faits en quarantaine.' },
    doThis: {
      en: 'Nothing is lost: look at them on the site’s page and admit or leave them.',
      fr: 'Rien n’est perdu : regardez-les sur la page du site, admettez-les ou laissez-les.',
    },
  },
  clones: {
    what: {
      en: '{site}: {count} signs of a cloned or rewound card.',
      fr: '{site} : {count} signes d’une carte clonée ou revenue en arrière.',
    },
    doThis: {
      en: 'Two boxes may run with one identity: find the copy and claim it anew.',
      fr: 'Deux box ont peut-être la même identité : retrouvez la copie et réclamez-la de nouveau.',
    },
  },
  unsent: {
    what: {
      en: '{site}: {count} facts are only on this box so far.',
      fr: '{site} : {count} faits ne sont encore que sur cette box.',
    },
    doThis: {
      en: 'Link it to the box above; they go by themselves.',
      fr: 'Reliez-la à la box au-dessus ; ils partent tout seuls.',
    },
  },
  slowQuery: {
    what: {
      en: '{site}: {query} took {ms} ms ({times} times over 20 ms). {input}',
      fr: '{site} : {query} a pris {ms} ms ({times} fois plus de 20 ms). {input}',
    },
    doThis: {
      en: 'Screens that show it are late. If it lasts, tell those who make this trade’s pack.',
      fr: 'Les écrans qui l’affichent retardent. Si cela dure, prévenez les auteurs du pack de ce métier.',
    },
  },
  viewLag: {
    what: {
      en: '{site}: {count} entries are not shown yet.',
      fr: '{site} : {count} entrées pas encore affichées.',
    },
    doThis: {
      en: 'They are being caught up with. If it lasts, the machine is too slow.',
      fr: 'Le rattrapage est en cours. S’il dure, la machine est trop lente.',
    },
  },
  skipped: {
    what: {
      en: '{site}: {count} entries could not be applied and were skipped, on every box alike.',
      fr: '{site} : {count} entrées inapplicables ont été sautées, partout pareil.',
    },
    doThis: {
      en: 'This is a mistake in Regie: send us regie log --json.',
      fr: 'C’est une erreur de Regie : envoyez-nous regie log --json.',
    },
  },
  unknownKinds: {
    what: {
      en: '{site} holds kinds that this version does not know: {kinds}.',
      fr: '{site} contient des genres inconnus de cette version : {kinds}.',
    },
    doThis: {
      en: 'Update this box; until then it follows the site and cannot keep it.',
      fr: 'Mettez cette box à jour ; d’ici là elle suit le site sans pouvoir le tenir.',
    },
  },
} as const satisfies Readonly<Record<string, Words>>
