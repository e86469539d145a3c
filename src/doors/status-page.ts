import type { SiteStatus } from '../kernel/box/contract.ts'
import type { Html } from './html.ts'
import { html } from './html.ts'
import type { Language, Texts } from './language.ts'
import { fill } from './language.ts'
import type { SiteBrokerStatus } from './mqtt/site-broker/options.ts'
import { page } from './page.ts'
import type { Showing } from './readiness.ts'
import {
  gradeOfBroker,
  gradeOfRunning,
  gradeOfSite,
  gradeOfStore,
  signs,
  worstFirst,
} from './status-grade.ts'
import { brokerWords, roleWords, storeWords, words } from './status-words.ts'

export function statusPage(showing: Showing, language: Language): string {
  const say = (texts: Texts) => texts[language]
  // Without scripts the whole page comes again.
  const head = html`<script src="/regie.js" defer></script>
    <noscript><meta http-equiv="refresh" content="5" /></noscript>`
  const main = html`<p class="lost" role="alert" hidden>${sign('bad')} ${say(words.lost)}</p>
    <main id="status">${content(showing, language)}</main>`
  const name = showing.is === 'running' ? ` ${showing.status.box}` : ''
  return page(`Regie${name}`, language, main, head)
}

function content(showing: Showing, language: Language): Html {
  switch (showing.is) {
    case 'starting':
      return waiting(words.starting, words.startingMore, language)
    case 'stopping':
      return waiting(words.stopping, words.stoppingMore, language)
    case 'running':
      return running(showing, language)
  }
}

function waiting(title: Texts, more: Texts, language: Language): Html {
  return html`<p class="brand">Regie</p>
    <h1>${sign('busy')} ${title[language]}</h1>
    <p>${more[language]}</p>`
}

function running(showing: Showing & { readonly is: 'running' }, language: Language): Html {
  const { status, siteBroker } = showing
  const say = (texts: Texts) => texts[language]
  const { box, store, sites, links } = status
  const grade = gradeOfRunning(showing)
  const linked = links.map((link) => html`<li><code>${link.box}</code></li>`)
  return html`<header>
      <p class="brand">Regie · ${say(words.box)} <code>${box}</code></p>
      <h1>${sign(grade)} ${say(words[grade])}</h1>
    </header>
    <section>
      <h2>${say(words.sites)}</h2>
      ${sites.length === 0 ? noSite(box, language) : html`<div class="cards">${worstFirst(sites).map((site) => card(site, language))}</div>`}
    </section>
    <div class="cards">
      <section>
        <h2>${say(words.store)}</h2>
        <p>${sign(gradeOfStore(store.state))} ${say(storeWords[store.state])}</p>
        ${store.detail === '' ? undefined : html`<p class="small">${store.detail}</p>`}
      </section>
      <section>
        <h2>${say(words.links)}</h2>
        ${
          linked.length === 0
            ? html`<p>${say(words.noLinks)}</p>`
            : html`<ul>
                ${linked}
              </ul>`
        }
      </section>
      ${siteBroker && brokerSection(siteBroker, language)}
    </div>`
}

/** Where it is and why it is away is not for everybody: `regie status` says it. */
function brokerSection(broker: SiteBrokerStatus, language: Language): Html {
  return html`<section>
    <h2>${words.siteBroker[language]}</h2>
    <p>${sign(gradeOfBroker(broker))} ${brokerWords[broker.is][language]}</p>
  </section>`
}

function noSite(box: string, language: Language): Html {
  return html`<div class="card">
    <h3>${words.noSite[language]}</h3>
    <p>${fill(words.noSiteMore[language], { box })}</p>
  </div>`
}

function card(site: SiteStatus, language: Language): Html {
  const number = new Intl.NumberFormat(language)
  const row = (label: Texts, value: number, worry = false) =>
    html`<div>
      <dt>${label[language]}</dt>
      <dd>${worry ? sign('watch') : undefined} ${number.format(value)}</dd>
    </div>`
  const unless0 = (label: Texts, value: number) => (value === 0 ? undefined : row(label, value, true))
  return html`<article class="card ${gradeOfSite(site)}">
    <h3>${sign(gradeOfSite(site))} ${site.site}</h3>
    <p>${roleWords[site.role][language]}</p>
    ${site.why === '' ? undefined : html`<p class="small">${site.why}</p>`}
    <dl>
      ${row(words.head, site.n)} ${row(words.unsent, site.unsent)} ${copiesRow(site, language)}
      ${site.viewLag === 0 ? undefined : row(words.viewLag, site.viewLag)}
      ${unless0(words.orphans, site.orphans)} ${unless0(words.quarantine, site.quarantine)}
      ${unless0(words.clones, site.clones)}
    </dl>
  </article>`
}

/** Only the keeper knows who has followed; a follower's own count would be a false alarm. */
function copiesRow({ role, copies }: SiteStatus, language: Language): Html | undefined {
  if (role !== 'keeping') return undefined
  const text = copies < 2 ? html`${sign('watch')} ${words.oneCopy[language]}` : copies
  return html`<div>
    <dt>${words.copies[language]}</dt>
    <dd>${text}</dd>
  </div>`
}

const sign = (grade: keyof typeof signs): Html =>
  html`<span class="sign ${grade}" aria-hidden="true">${signs[grade]}</span>`
