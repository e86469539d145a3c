import type { ErrorWords } from '../words.ts'

/** What goes wrong with a request, whoever sends it. */
export const apiErrors = {
  not_found: {
    status: 404,
    what: { en: 'There is nothing at this address.', fr: 'Il n’y a rien à cette adresse.' },
    doThis: {
      en: 'Check it for a mistake, or begin at the first page of the box.',
      fr: 'Vérifiez-la, ou repartez de la première page de la box.',
    },
  },
  method_unknown: {
    status: 405,
    what: {
      en: 'Nothing at this address is asked for with {method}.',
      fr: 'Rien à cette adresse ne se demande par {method}.',
    },
    doThis: { en: 'Ask for it with {methods}.', fr: 'Demandez-le par {methods}.' },
  },
  sign_in_needed: {
    status: 401,
    what: {
      en: 'This needs somebody who is signed in.',
      fr: 'Il faut être connecté pour cela.',
    },
    doThis: {
      en: 'Sign in with an account that may do it.',
      fr: 'Connectez-vous avec un compte qui en a le droit.',
    },
  },
  request_invalid: {
    status: 400,
    what: { en: 'The request cannot be understood ({reason}).', fr: 'Requête incompréhensible ({reason}).' },
    doThis: { en: 'Correct it and send it again.', fr: 'Corrigez-la et renvoyez-la.' },
  },
  request_late: {
    status: 408,
    what: {
      en: 'The request did not come whole in time.',
      fr: 'La requête n’est pas arrivée entière à temps.',
    },
    doThis: { en: 'Send it again.', fr: 'Renvoyez-la.' },
  },
  expectation_unknown: {
    status: 417,
    what: {
      en: 'The header Expect asks for something that this box does not do.',
      fr: 'L’en-tête Expect demande ce que cette box ne fait pas.',
    },
    doThis: { en: 'Leave it out.', fr: 'Retirez-le.' },
  },
  head_too_large: {
    status: 431,
    what: {
      en: 'The address and the headers are too long.',
      fr: 'L’adresse et les en-têtes sont trop longs.',
    },
    doThis: { en: 'Leave out fields and cookies.', fr: 'Retirez des champs et des cookies.' },
  },
  body_too_large: {
    status: 413,
    what: {
      en: 'The request is larger than {limit} bytes.',
      fr: 'La requête dépasse {limit} octets.',
    },
    doThis: { en: 'Send less at once.', fr: 'Envoyez-en moins à la fois.' },
  },
  media_unknown: {
    status: 415,
    what: {
      en: 'The request comes in a form that is not understood here.',
      fr: 'La forme de la requête n’est pas comprise ici.',
    },
    doThis: {
      en: 'Send JSON, with Content-Type: application/json.',
      fr: 'Envoyez du JSON, avec Content-Type: application/json.',
    },
  },
  allowed_nowhere: {
    status: 403,
    what: {
      en: 'There is no site here where you may do this.',
      fr: 'Il n’y a ici aucun site où vous avez le droit de faire cela.',
    },
    doThis: { en: 'Ask somebody who may: {roles}.', fr: 'Demandez à quelqu’un qui en a le droit : {roles}.' },
  },
  not_allowed: {
    status: 403,
    what: {
      en: 'You may not do this at {site}.',
      fr: 'Vous n’avez pas le droit de faire cela sur {site}.',
    },
    doThis: { en: 'Ask somebody who may: {roles}.', fr: 'Demandez à quelqu’un qui en a le droit : {roles}.' },
  },
  owned_elsewhere: {
    status: 403,
    what: {
      en: '{field} belongs to {owner}, and you may not change it there.',
      fr: '{field} appartient à : {owner}, et vous n’avez pas le droit de le modifier là-bas.',
    },
    doThis: { en: 'Ask somebody who may: {roles}.', fr: 'Demandez à quelqu’un qui en a le droit : {roles}.' },
  },
  site_absent: {
    status: 404,
    what: { en: 'There is no site {site} here.', fr: 'Il n’y a pas de site {site} ici.' },
    doThis: {
      en: 'Check the name, or ask another box.',
      fr: 'Vérifiez le nom, ou demandez à une autre box.',
    },
  },
  site_needed: {
    status: 400,
    what: {
      en: 'It is not said for which site this is.',
      fr: 'Il n’est pas dit pour quel site.',
    },
    doThis: { en: 'Add site= and one of: {sites}.', fr: 'Ajoutez site= et l’un de : {sites}.' },
  },
  field_unknown: {
    status: 400,
    what: { en: 'There is no field “{field}” here.', fr: 'Il n’y a pas de champ « {field} » ici.' },
    doThis: { en: 'Leave it out, or use: {names}.', fr: 'Retirez-le, ou utilisez : {names}.' },
  },
  field_twice: {
    status: 400,
    what: {
      en: 'The field “{field}” is given more than once.',
      fr: 'Le champ « {field} » est donné plusieurs fois.',
    },
    doThis: { en: 'Give it once.', fr: 'Donnez-le une seule fois.' },
  },
  field_invalid: {
    status: 400,
    what: { en: '“{field}” {problem}.', fr: '« {field} » {problem}.' },
    doThis: { en: 'Correct it, then send it again.', fr: 'Corrigez-le, puis renvoyez.' },
  },
  body_not_json: {
    status: 400,
    what: { en: 'What was sent is not JSON.', fr: 'Ce qui a été envoyé n’est pas du JSON.' },
    doThis: {
      en: 'Send one JSON value, in UTF-8: an empty object where nothing is to be said.',
      fr: 'Envoyez une valeur JSON, en UTF-8 : un objet vide s’il n’y a rien à dire.',
    },
  },
  body_too_deep: {
    status: 400,
    what: {
      en: 'What was sent has more than {most} levels.',
      fr: 'Ce qui a été envoyé a plus de {most} niveaux.',
    },
    doThis: { en: 'Send it flatter.', fr: 'Envoyez-le plus à plat.' },
  },
  done_at_invalid: {
    status: 400,
    what: {
      en: 'Regie-Done-At does not say when this was done.',
      fr: 'Regie-Done-At ne dit pas quand cela a été fait.',
    },
    doThis: {
      en: 'Send whole milliseconds since 1970, as in 1763650000000;within=31;ago=8123, or leave it out.',
      fr: 'Envoyez des millisecondes entières depuis 1970, comme 1763650000000;within=31;ago=8123, ou rien.',
    },
  },
  done_later: {
    status: 422,
    what: {
      en: 'By the clock of this box, this was done later than now.',
      fr: 'D’après l’horloge de cette box, cela a été fait plus tard que maintenant.',
    },
    doThis: {
      en: 'Check the clocks of the box and of the device, then do it again.',
      fr: 'Vérifiez les horloges de la box et de l’appareil, puis refaites-le.',
    },
  },
  done_long_ago: {
    status: 422,
    what: {
      en: 'This was done more than {days} days ago and has waited since: it is not done any more.',
      fr: 'Cela date de plus de {days} jours et a attendu depuis : ce n’est plus fait.',
    },
    doThis: { en: 'If it is still wanted, do it again.', fr: 'Si c’est encore voulu, refaites-le.' },
  },
  not_confirmed: {
    status: 422,
    what: {
      en: 'This is confirmed by the name of the site, which is “{name}”.',
      fr: 'Ceci se confirme par le nom du site, qui est « {name} ».',
    },
    doThis: { en: 'Type it, if that is the site you mean.', fr: 'Tapez-le, si c’est bien ce site.' },
  },
  key_invalid: {
    status: 400,
    what: {
      en: 'The key is not one: it has 1 to 200 printable ASCII characters.',
      fr: 'La clé n’en est pas une : elle a de 1 à 200 caractères ASCII imprimables.',
    },
    doThis: {
      en: 'Make a random key for each thing that is asked for.',
      fr: 'Créez une clé au hasard pour chaque demande.',
    },
  },
  key_twice: {
    status: 400,
    what: {
      en: 'The header and the body give different keys.',
      fr: 'L’en-tête et le corps donnent des clés différentes.',
    },
    doThis: { en: 'Give one key, in one place.', fr: 'Donnez une seule clé, à un seul endroit.' },
  },
  origin_foreign: {
    status: 403,
    what: {
      en: 'The page that asks for this was not served by this box.',
      fr: 'La page qui demande cela n’a pas été servie par cette box.',
    },
    doThis: { en: 'Open the page of this box.', fr: 'Ouvrez la page de cette box.' },
  },
  too_often: {
    status: 429,
    what: {
      en: 'That was more than {most} requests of this kind in a minute.',
      fr: 'Cela fait plus de {most} demandes de ce genre en une minute.',
    },
    doThis: { en: 'Wait for {seconds} s.', fr: 'Attendez {seconds} s.' },
  },
  box_busy: {
    status: 503,
    what: {
      en: 'This box has as many requests under way as it can bear.',
      fr: 'Cette box traite déjà autant de demandes qu’elle peut.',
    },
    doThis: { en: 'Try again in a few seconds.', fr: 'Réessayez dans quelques secondes.' },
  },
  too_slow: {
    status: 503,
    what: {
      en: 'There was no answer within {seconds} s.',
      fr: 'Il n’y a pas eu de réponse en {seconds} s.',
    },
    doThis: { en: 'Ask for less, or try again later.', fr: 'Demandez-en moins, ou réessayez plus tard.' },
  },
  outcome_unknown: {
    status: 503,
    what: {
      en: 'Nobody can say yet whether this was done.',
      fr: 'Personne ne peut encore dire si cela a été fait.',
    },
    doThis: {
      en: 'Ask again with the same key: it is done once at most.',
      fr: 'Redemandez avec la même clé : cela se fera une seule fois au plus.',
    },
  },
  refused: {
    status: 422,
    what: { en: 'This was refused ({refusal}).', fr: 'Cela a été refusé ({refusal}).' },
    doThis: {
      en: 'Update Regie on this box: it does not know the reason that was given.',
      fr: 'Mettez Regie à jour sur cette box : elle ne connaît pas la raison donnée.',
    },
  },
  ask_absent: {
    status: 404,
    what: {
      en: 'Nothing that you asked for waits under this key.',
      fr: 'Rien de ce que vous avez demandé n’attend sous cette clé.',
    },
    doThis: {
      en: 'Ask again with the same key: it is done once at most.',
      fr: 'Redemandez avec la même clé : cela se fera une seule fois au plus.',
    },
  },
  views_away: {
    status: 503,
    what: {
      en: 'What there is to see of {site} cannot be read just now.',
      fr: 'Ce qu’il y a à voir de {site} ne peut pas être lu en ce moment.',
    },
    doThis: { en: 'Try again in a few seconds.', fr: 'Réessayez dans quelques secondes.' },
  },
  answer_too_large: {
    status: 422,
    what: {
      en: 'What {query} has to say of {site} is more than one answer can hold.',
      fr: 'Ce que {query} a à dire de {site} dépasse ce qu’une réponse peut contenir.',
    },
    doThis: {
      en: 'Ask for less, by the fields of the query.',
      fr: 'Demandez-en moins, par les champs de la requête.',
    },
  },
  query_failed: {
    status: 500,
    what: { en: '{query} failed at {site}.', fr: '{query} a échoué sur {site}.' },
    doThis: {
      en: 'Ask for less. If it fails again, send the log of the box to whoever looks after it.',
      fr: 'Demandez-en moins. Si cela se répète, envoyez le journal de la box à la personne qui s’en occupe.',
    },
  },
} as const satisfies Readonly<Record<string, ErrorWords>>
