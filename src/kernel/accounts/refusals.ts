import type { Refusals } from '../pack/refusal.ts'

/** What is refused around accounts, and what to do then. */
export const refusals: Refusals = {
  'no-account': {
    kind: 'missing',
    what: { en: 'There is no account {account} here.', fr: 'Il n’y a pas de compte {account} ici.' },
    doThis: { en: 'Look it up in the list of accounts.', fr: 'Cherchez-le dans la liste des comptes.' },
    field: 'account',
  },
  'login-taken': {
    kind: 'conflict',
    what: { en: 'Somebody else signs in as {login}.', fr: 'Quelqu’un d’autre se connecte sous {login}.' },
    doThis: { en: 'Choose another login.', fr: 'Choisissez un autre identifiant.' },
    field: 'login',
  },
  'last-owner': {
    kind: 'rule',
    what: {
      en: 'This is the last owner: nobody could look after the accounts any more.',
      fr: 'C’est le dernier propriétaire : plus personne ne pourrait s’occuper des comptes.',
    },
    doThis: {
      en: 'Make somebody else owner first.',
      fr: 'Nommez d’abord un autre propriétaire.',
    },
  },
  'not-volunteer': {
    kind: 'forbidden',
    what: {
      en: 'This account is more than a volunteer’s, so only an owner changes it.',
      fr: 'Ce compte est plus qu’un compte de bénévole : seul un propriétaire le change.',
    },
    doThis: { en: 'Ask an owner.', fr: 'Demandez à un propriétaire.' },
  },
  'owner-everywhere': {
    kind: 'rule',
    what: {
      en: 'An owner is owner everywhere, and not of {site} alone.',
      fr: 'Un propriétaire l’est partout, et pas seulement de {site}.',
    },
    doThis: {
      en: 'Leave the site out, or give the role manager or lead there.',
      fr: 'Ne nommez pas de site, ou donnez là le rôle manager ou lead.',
    },
    field: 'site',
  },
  'no-role': {
    kind: 'missing',
    what: {
      en: 'This account does not have the role {role} there.',
      fr: 'Ce compte n’a pas le rôle {role} à cet endroit.',
    },
    doThis: {
      en: 'Look at its roles in the list of accounts.',
      fr: 'Voyez ses rôles dans la liste des comptes.',
    },
    field: 'role',
  },
  'lent-to-hub': {
    kind: 'rule',
    what: {
      en: 'Nobody is lent to the organisation itself: it has his account.',
      fr: 'Personne n’est prêté à l’organisation elle-même : elle a son compte.',
    },
    doThis: { en: 'Nothing: the hub lends by itself.', fr: 'Rien : le hub prête de lui-même.' },
  },
  'lent-meanwhile': {
    kind: 'conflict',
    what: {
      en: 'The hub has said something newer about who signs in here.',
      fr: 'Le hub a dit depuis qui peut se connecter ici.',
    },
    doThis: { en: 'Nothing: the hub looks again by itself.', fr: 'Rien : le hub regarde de nouveau.' },
  },
  'lent-already': {
    kind: 'conflict',
    what: { en: 'There is a lending {lending} already.', fr: 'Il y a déjà un prêt {lending}.' },
    doThis: { en: 'Nothing: the hub draws another name.', fr: 'Rien : le hub tire un autre nom.' },
  },
  'not-lent': {
    kind: 'missing',
    what: { en: 'Nothing was lent here as {lending}.', fr: 'Rien n’a été prêté ici sous {lending}.' },
    doThis: { en: 'Nothing: the hub looks again by itself.', fr: 'Rien : le hub regarde de nouveau.' },
  },
  'token-taken': {
    kind: 'conflict',
    what: { en: 'There is a token {token} already.', fr: 'Il y a déjà un jeton {token}.' },
    doThis: { en: 'Ask again: another name is drawn.', fr: 'Redemandez : un autre nom sera tiré.' },
  },
  'no-token': {
    kind: 'missing',
    what: { en: 'There is no token {token}.', fr: 'Il n’y a pas de jeton {token}.' },
    doThis: { en: 'See them all: regie token list.', fr: 'Voyez-les tous : regie token list.' },
    field: 'token',
  },
  'no-session': {
    kind: 'missing',
    what: { en: 'This account has no such session.', fr: 'Ce compte n’a pas cette session.' },
    doThis: {
      en: 'Look at its sessions, or end all of them.',
      fr: 'Voyez ses sessions, ou terminez-les toutes.',
    },
    field: 'session',
  },
  'exercise-stays': {
    kind: 'rule',
    what: {
      en: '{name} stays what it was begun as: an exercise for ever, or real for ever.',
      fr: '{name} reste ce qu’il était au départ : un exercice pour toujours, ou réel pour toujours.',
    },
    doThis: { en: 'Begin another site.', fr: 'Commencez un autre site.' },
    field: 'exercise',
  },
  'no-zone': {
    kind: 'malformed',
    what: { en: 'There is no time zone {zone}.', fr: 'Il n’y a pas de fuseau horaire {zone}.' },
    doThis: { en: 'Write it as Europe/Paris or UTC.', fr: 'Écrivez-le comme Europe/Paris ou UTC.' },
    field: 'zone',
  },
}
