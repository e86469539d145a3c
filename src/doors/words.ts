import { consoleErrors } from './accounts/console-words.ts'
import { accountErrors } from './accounts/words.ts'
import { apiErrors } from './api/words.ts'
import type { Texts } from './language.ts'

/** An error that a person can meet: its HTTP status, what happened, and what to do about it. */
export type ErrorWords = { readonly status: number; readonly what: Texts; readonly doThis: Texts }

/** The one catalogue. Codes stay for ever: programs and manuals name them. */
export const errors = {
  // At the start of the program.
  port_taken: {
    status: 500,
    what: {
      en: 'Port {port} is already used by another program on this machine.',
      fr: 'Le port {port} est déjà utilisé par un autre programme sur cette machine.',
    },
    doThis: {
      en: 'End that program, or choose another port: REGIE_PORT={other} or --port {other}.',
      fr: 'Arrêtez ce programme, ou choisissez un autre port : REGIE_PORT={other} ou --port {other}.',
    },
  },
  port_forbidden: {
    status: 500,
    what: {
      en: 'This account may not listen on port {port}.',
      fr: 'Ce compte n’a pas le droit d’écouter sur le port {port}.',
    },
    doThis: {
      en: 'Choose a port from 1024 up, for instance REGIE_PORT={other} or --port {other}.',
      fr: 'Choisissez un port à partir de 1024, par exemple REGIE_PORT={other} ou --port {other}.',
    },
  },
  device_port: {
    status: 500,
    what: {
      en: 'Port {port} for devices cannot be opened ({reason}).',
      fr: 'Le port {port} pour les appareils ne peut pas être ouvert ({reason}).',
    },
    doThis: {
      en: 'End the program that uses it, or choose another port with {setting}; 0 does without.',
      fr: 'Arrêtez le programme qui l’utilise, ou choisissez un autre port avec {setting} ; 0 s’en passe.',
    },
  },
  host_unknown: {
    status: 500,
    what: {
      en: '{host} is not an address of this machine ({reason}).',
      fr: '{host} n’est pas une adresse de cette machine ({reason}).',
    },
    doThis: {
      en: 'Leave REGIE_HOST and --host out to listen on every address.',
      fr: 'Retirez REGIE_HOST et --host pour écouter sur toutes les adresses.',
    },
  },
  folder_unwritable: {
    status: 500,
    what: {
      en: 'The data folder {folder} cannot be written ({reason}).',
      fr: 'Le dossier de données {folder} n’est pas accessible en écriture ({reason}).',
    },
    doThis: {
      en: 'Give this account the right to write there, or choose another folder: REGIE_DATA or --data.',
      fr: 'Donnez à ce compte le droit d’y écrire, ou choisissez un autre dossier : REGIE_DATA ou --data.',
    },
  },
  folder_foreign: {
    status: 500,
    what: {
      en: 'The folder {folder} holds files that are not Regie’s, such as {file}.',
      fr: 'Le dossier {folder} contient des fichiers étrangers à Regie, comme {file}.',
    },
    doThis: {
      en: 'Choose a folder that is empty or that does not exist yet: REGIE_DATA or --data.',
      fr: 'Choisissez un dossier vide ou qui n’existe pas encore : REGIE_DATA ou --data.',
    },
  },
  folder_newer: {
    status: 500,
    what: {
      en: 'A newer Regie wrote the data folder {folder} ({detail}).',
      fr: 'Une version plus récente de Regie a écrit le dossier de données {folder} ({detail}).',
    },
    doThis: {
      en: 'Update Regie on this machine. Nothing in the folder was changed.',
      fr: 'Mettez Regie à jour sur cette machine. Rien n’a été modifié dans le dossier.',
    },
  },
  folder_in_use: {
    status: 500,
    what: {
      en: 'Regie already runs on the data folder {folder} (process {pid}).',
      fr: 'Regie tourne déjà sur le dossier de données {folder} (processus {pid}).',
    },
    doThis: {
      en: 'Use the one that runs, end it first, or choose another folder: REGIE_DATA or --data.',
      fr: 'Utilisez celui qui tourne, arrêtez-le d’abord, ou choisissez un autre dossier : REGIE_DATA ou --data.',
    },
  },
  folder_damaged: {
    status: 500,
    what: {
      en: 'The file {file} of the data folder {folder} is missing or cannot be understood.',
      fr: 'Le fichier {file} du dossier de données {folder} manque ou est illisible.',
    },
    doThis: {
      en: 'Put that file back from a backup of this box. For a new box, choose an empty folder.',
      fr: 'Remettez ce fichier depuis une sauvegarde de cette box. Pour une nouvelle box, choisissez un dossier vide.',
    },
  },
  store_damaged: {
    status: 500,
    what: {
      en: 'The store in {folder} cannot be opened: {detail}.',
      fr: 'Les données de {folder} ne peuvent pas être ouvertes : {detail}.',
    },
    doThis: {
      en: 'Nothing was changed. Copy the folder, check the disk, then restore the last backup if the file is damaged.',
      fr: 'Rien n’a été modifié. Copiez le dossier, vérifiez le disque, puis restaurez la dernière sauvegarde si le fichier est endommagé.',
    },
  },
  store_missing: {
    status: 404,
    what: {
      en: 'There is no store in {folder}.',
      fr: 'Il n’y a pas de données dans {folder}.',
    },
    doThis: {
      en: 'Name the data folder with --data or REGIE_DATA.',
      fr: 'Indiquez le dossier de données avec --data ou REGIE_DATA.',
    },
  },
  site_none: {
    status: 404,
    what: { en: 'The box in {folder} has no site yet.', fr: 'La box de {folder} n’a pas encore de site.' },
    doThis: {
      en: 'Name another data folder with --data or REGIE_DATA, or give this box a site first.',
      fr: 'Indiquez un autre dossier avec --data ou REGIE_DATA, ou donnez d’abord un site à cette box.',
    },
  },
  site_which: {
    status: 400,
    what: { en: 'This box has several sites: {names}.', fr: 'Cette box a plusieurs sites : {names}.' },
    doThis: { en: 'Say which one: --site <name>.', fr: 'Dites lequel : --site <nom>.' },
  },
  site_unknown: {
    status: 404,
    what: { en: 'This box has no site {name}.', fr: 'Cette box n’a pas de site {name}.' },
    doThis: { en: 'It has: {names}.', fr: 'Elle a : {names}.' },
  },
  target_exists: {
    status: 409,
    what: { en: '{target} is there already.', fr: '{target} existe déjà.' },
    doThis: {
      en: 'Nothing is ever written over: name another place with --to.',
      fr: 'Rien n’est jamais écrasé : indiquez un autre endroit avec --to.',
    },
  },
  target_unwritable: {
    status: 500,
    what: { en: '{target} cannot be written ({reason}).', fr: 'Impossible d’écrire {target} ({reason}).' },
    doThis: {
      en: 'Make room or give this account the right to write there, or name another place with --to.',
      fr: 'Faites de la place ou donnez à ce compte le droit d’y écrire, ou choisissez un autre endroit avec --to.',
    },
  },
  disk_full: {
    status: 507,
    what: {
      en: 'The disk that holds {folder} is full.',
      fr: 'Le disque qui contient {folder} est plein.',
    },
    doThis: {
      en: 'Free some space on it, then try again. What was acknowledged is safe.',
      fr: 'Libérez de la place, puis réessayez. Ce qui était confirmé est en sécurité.',
    },
  },
  node_too_old: {
    status: 500,
    what: {
      en: 'Regie needs Node {wanted} or newer; this is Node {found}.',
      fr: 'Regie a besoin de Node {wanted} ou plus récent ; celui-ci est Node {found}.',
    },
    doThis: {
      en: 'Install it from https://nodejs.org, or start Regie with `npm start`, which brings its own.',
      fr: 'Installez-le depuis https://nodejs.org, ou lancez Regie avec `npm start`, qui apporte le sien.',
    },
  },
  setting_invalid: {
    status: 400,
    what: {
      en: '{setting} is “{value}”, which is not {wanted}.',
      fr: '{setting} vaut « {value} », ce qui n’est pas {wanted}.',
    },
    doThis: { en: 'Correct it and start again.', fr: 'Corrigez-le puis relancez.' },
  },
  // On the command line.
  command_unknown: {
    status: 400,
    what: { en: 'There is no command “{command}”.', fr: 'Il n’y a pas de commande « {command} ».' },
    doThis: { en: 'Try: regie {suggestion}', fr: 'Essayez : regie {suggestion}' },
  },
  argument_unknown: {
    status: 400,
    what: {
      en: 'regie {command} does not know “{argument}”.',
      fr: 'regie {command} ne connaît pas « {argument} ».',
    },
    doThis: {
      en: 'Type regie {command} --help to see what it knows.',
      fr: 'Tapez regie {command} --help pour voir ce qu’elle connaît.',
    },
  },
  flag_missing: {
    status: 400,
    what: { en: 'regie {command} lacks {flag}.', fr: 'Il manque {flag} à regie {command}.' },
    doThis: { en: 'See regie {command} --help.', fr: 'Voyez regie {command} --help.' },
  },
  verb_unknown: {
    status: 400,
    what: { en: 'regie {command} does not know “{verb}”.', fr: 'regie {command} ne connaît pas « {verb} ».' },
    doThis: {
      en: 'Perhaps: {verbs}. See regie {command} --help.',
      fr: 'Peut-être : {verbs}. Voyez regie {command} --help.',
    },
  },
  certificate_unreadable: {
    status: 500,
    what: {
      en: 'The certificate {file} or its key {key} cannot be used ({reason}).',
      fr: 'Le certificat {file} ou sa clé {key} est inutilisable ({reason}).',
    },
    doThis: {
      en: 'Name PEM files that belong together, or leave both out: then the box makes its own.',
      fr: 'Indiquez des fichiers PEM qui vont ensemble, ou aucun : la box fera alors le sien.',
    },
  },
  file_unreadable: {
    status: 400,
    what: {
      en: 'The file {file} cannot be read ({reason}).',
      fr: 'Le fichier {file} est illisible ({reason}).',
    },
    doThis: {
      en: 'Name a file that this account may read.',
      fr: 'Nommez un fichier que ce compte peut lire.',
    },
  },
  argument_empty: {
    status: 400,
    what: { en: '{argument} needs a value.', fr: '{argument} attend une valeur.' },
    doThis: {
      en: 'Type regie {command} --help to see an example.',
      fr: 'Tapez regie {command} --help pour voir un exemple.',
    },
  },
  // At the web door.
  starting: {
    status: 503,
    what: { en: 'This box is starting.', fr: 'Cette box démarre.' },
    doThis: { en: 'Try again in a few seconds.', fr: 'Réessayez dans quelques secondes.' },
  },
  stopping: {
    status: 503,
    what: { en: 'This box is stopping.', fr: 'Cette box s’arrête.' },
    doThis: { en: 'Try again once it runs again.', fr: 'Réessayez quand elle tournera de nouveau.' },
  },
  views_behind: {
    status: 503,
    what: {
      en: 'What is shown for {site} is {entries} entries behind its log.',
      fr: 'L’affichage de {site} a {entries} entrées de retard sur son journal.',
    },
    doThis: {
      en: 'Wait: it catches up by itself. If it does not, look at the disk and the load of the box.',
      fr: 'Attendez : cela se rattrape tout seul. Sinon, regardez le disque et la charge de la box.',
    },
  },
  ...accountErrors,
  ...consoleErrors,
  ...apiErrors,
  // Between boxes.
  box_unsigned: {
    status: 401,
    what: {
      en: 'This is for other boxes only, which sign what they ask.',
      fr: 'Ceci est réservé aux autres box, qui signent leurs demandes.',
    },
    doThis: {
      en: 'Sign the request with the key of the box and the nonce of this answer.',
      fr: 'Signez la demande avec la clé de la box et le nonce de cette réponse.',
    },
  },
  box_unknown: {
    status: 403,
    what: {
      en: 'No site of this box knows the box that asks, or its key is another.',
      fr: 'Aucun site de cette box ne connaît la box qui demande, ou sa clé est différente.',
    },
    doThis: {
      en: 'Assign the box to a site, or look whether two boxes carry the same name.',
      fr: 'Affectez la box à un site, ou vérifiez si deux box portent le même nom.',
    },
  },
  blob_absent: {
    status: 404,
    what: { en: 'This box does not have that blob.', fr: 'Cette box n’a pas ce blob.' },
    doThis: { en: 'Ask another box that has it.', fr: 'Demandez-le à une autre box qui l’a.' },
  },
  range_unknown: {
    status: 416,
    what: {
      en: 'The blob has {size} bytes, and none of them was asked for.',
      fr: 'Le blob fait {size} octets, et aucun n’est demandé.',
    },
    doThis: {
      en: 'Ask for one range of bytes that the blob has.',
      fr: 'Demandez une seule plage d’octets que le blob contient.',
    },
  },
  blob_malformed: {
    status: 422,
    what: {
      en: 'What came is not what its hash says.',
      fr: 'Ce qui est arrivé ne correspond pas à son empreinte.',
    },
    doThis: {
      en: 'Send it again from the original. The good chunks were kept.',
      fr: 'Renvoyez-le depuis l’original. Les bons morceaux sont gardés.',
    },
  },
  blob_unannounced: {
    status: 409,
    what: {
      en: 'This blob was not announced, or the box has started again since.',
      fr: 'Ce blob n’a pas été annoncé, ou la box a redémarré depuis.',
    },
    doThis: {
      en: 'Announce it with its manifest. The answer says which chunks are missing.',
      fr: 'Annoncez-le avec son manifeste. La réponse dit quels morceaux manquent.',
    },
  },
  blob_refused: {
    status: 507,
    what: {
      en: 'There is no room for it: it needs {need} bytes, {free} are free, and {reserve} must stay free.',
      fr: 'Pas assez de place : il faut {need} octets, {free} sont libres, et {reserve} doivent le rester.',
    },
    doThis: {
      en: 'Remove media that are no longer needed, or use a larger disk.',
      fr: 'Retirez des médias dont on n’a plus besoin, ou prenez un disque plus grand.',
    },
  },
  too_busy: {
    status: 503,
    what: {
      en: 'This box gives and takes as many blobs as it can.',
      fr: 'Cette box échange déjà autant de blobs qu’elle peut.',
    },
    doThis: { en: 'Try again in a few seconds.', fr: 'Réessayez dans quelques secondes.' },
  },
  unexpected: {
    status: 500,
    what: { en: 'Something went wrong inside Regie.', fr: 'Une erreur s’est produite dans Regie.' },
    doThis: {
      en: 'Try again. If it happens again, send the log of the box to whoever looks after it.',
      fr: 'Réessayez. Si cela se répète, envoyez le journal de la box à la personne qui s’en occupe.',
    },
  },
} as const satisfies Readonly<Record<string, ErrorWords>>
