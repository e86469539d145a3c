import type { Texts } from '../language.ts'

/** The texts of the description, for people and for programs. */
export const words = {
  title: {
    en: 'What programs can ask of this box',
    fr: 'Ce que les programmes peuvent demander à cette box',
  },
  intro: {
    en: 'Queries show what there is; actions ask for something, and are decided by the box that keeps the site. Every refusal is application/problem+json: what happened, what to do, and a code that stays.',
    fr: 'Les requêtes montrent ce qu’il y a ; les actions demandent quelque chose, et la box qui tient le site décide. Tout refus est du application/problem+json : ce qui s’est passé, que faire, et un code qui ne change pas.',
  },
  machine: { en: 'The same for programs', fr: 'La même chose pour les programmes' },
  other: { en: 'Français', fr: 'English' },
  queries: { en: 'Queries', fr: 'Requêtes' },
  actions: { en: 'Actions', fr: 'Actions' },
  refusals: { en: 'What is refused, and why', fr: 'Ce qui est refusé, et pourquoi' },
  allow: { en: 'Who may', fr: 'Qui a le droit' },
  fields: { en: 'Fields', fr: 'Champs' },
  none: { en: 'no fields', fr: 'aucun champ' },
  optional: { en: 'optional', fr: 'facultatif' },
  example: { en: 'Example', fr: 'Exemple' },
  waits: {
    en: 'It waits for the box that keeps the site. Ask again where “askAt” says.',
    fr: 'Cela attend la box qui tient le site. Redemandez là où « askAt » l’indique.',
  },
  sensitive: { en: 'Few times a minute.', fr: 'Peu de fois par minute.' },
  across: {
    en: 'Without site: of all sites that you may see.',
    fr: 'Sans site : de tous les sites que vous pouvez voir.',
  },
  exports: { en: 'Whole, as a file', fr: 'En entier, en fichier' },
  done: { en: 'It is done, in entry n of the log.', fr: 'C’est fait, dans l’entrée n du journal.' },
  same: { en: 'Nothing has changed.', fr: 'Rien n’a changé.' },
  page: { en: 'A part of the answer, by key.', fr: 'Une partie de la réponse, par clé.' },
  whole: { en: 'The whole answer.', fr: 'Toute la réponse.' },
  problem: { en: 'Why not, and what to do.', fr: 'Pourquoi pas, et que faire.' },
  site: {
    en: 'The site that is asked. Not needed where you may ask one only.',
    fr: 'Le site à qui l’on demande. Inutile si vous n’avez droit qu’à un seul.',
  },
  key: {
    en: 'Made by who asks, once for each thing that he wants: asked again with it, it is done once.',
    fr: 'Créée par qui demande, une fois par demande : redemandée avec elle, la chose n’est faite qu’une fois.',
  },
  doneAt: {
    en: 'When the person did it, where it is asked for later: milliseconds since 1970, perhaps what they may be off, and how long ago.',
    fr: 'Quand la personne l’a fait, si c’est demandé plus tard : millisecondes depuis 1970, peut-être leur erreur, et depuis combien de temps.',
  },
  after: {
    en: 'Where the page before ended: its “next”.',
    fr: 'Là où la page précédente s’arrête : son « next ».',
  },
  limit: { en: 'How many rows.', fr: 'Combien de lignes.' },
} as const satisfies Readonly<Record<string, Texts>>
