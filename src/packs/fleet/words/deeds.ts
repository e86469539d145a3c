import type { Texts } from '../../../kernel/texts.ts'

/** Actions and what doors write down, as a list of deeds names them: short, and as done. */
export const deeds: Readonly<Record<string, Texts>> = {
  'account.save': { en: 'Saved an account', fr: 'Compte enregistré' },
  'account.prove': { en: 'Changed a password or code', fr: 'Mot de passe ou code changé' },
  'account.suspend': { en: 'Suspended or let in again', fr: 'Compte suspendu ou rétabli' },
  'role.grant': { en: 'Gave a role', fr: 'Rôle donné' },
  'role.remove': { en: 'Took a role away', fr: 'Rôle retiré' },
  'token.create': { en: 'Made a token', fr: 'Jeton créé' },
  'token.revoke': { en: 'Revoked a token', fr: 'Jeton révoqué' },
  'session.opened': { en: 'Signed in', fr: 'Connexion' },
  'session.lent': { en: 'Signed in without the hub', fr: 'Connexion sans le hub' },
  'session.end': { en: 'Ended sessions', fr: 'Sessions terminées' },
  'session.ended': { en: 'Signed out', fr: 'Déconnexion' },
  'login.refused': { en: 'Tried to sign in', fr: 'Essai de connexion' },
  'login.lend': { en: 'Lent logins to the site', fr: 'Identifiants prêtés au site' },
  'login.unlock': { en: 'Unlocked a login', fr: 'Identifiant déverrouillé' },
  'door.refused': { en: 'Was turned away', fr: 'Demande repoussée' },
  'volunteer.save': { en: 'Saved a volunteer', fr: 'Bénévole enregistré' },
  'volunteer.suspend': { en: 'Suspended a volunteer', fr: 'Bénévole suspendu' },
  'volunteer.signOut': { en: 'Signed a volunteer out', fr: 'Bénévole déconnecté' },
  'site.save': { en: 'Saved a site', fr: 'Site enregistré' },
  'box.assign': { en: 'Assigned a box', fr: 'Box affectée' },
  'box.unassign': { en: 'Took a box off a site', fr: 'Box retirée d’un site' },
  'clock.set': { en: 'Set the clock', fr: 'Horloge réglée' },
  'facts.erase': { en: 'Erased facts', fr: 'Faits effacés' },
  'order.issue': { en: 'Gave an order', fr: 'Ordre donné' },
  'order.cancel': { en: 'Cancelled an order', fr: 'Ordre annulé' },
  'order.retry': { en: 'Gave an order again', fr: 'Ordre redonné' },
  'orphan.drop': { en: 'Let a lost decision go', fr: 'Décision perdue abandonnée' },
  'quarantine.admit': { en: 'Admitted a record', fr: 'Enregistrement admis' },
  'setting.save': { en: 'Saved a setting', fr: 'Réglage enregistré' },
  'setting.restore': { en: 'Restored a setting', fr: 'Réglage restauré' },
  'setting.override': { en: 'Overrode a setting', fr: 'Réglage forcé' },
  'setting.return': { en: 'Ended an override', fr: 'Forçage terminé' },
}

/** Who is no account, and did something all the same. */
export const doers: Readonly<Record<string, Texts>> = {
  console: { en: 'Command line', fr: 'Ligne de commande' },
  'first start': { en: 'First start', fr: 'Mise en service' },
}
