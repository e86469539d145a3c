/** What the pages of the box itself need beside their text: small, and served by the box. */
export type PageFile = { readonly type: string; readonly text: string }

const css = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#f3f4f2, #14171a);
  --card: light-dark(#fff, #1e2327);
  --text: light-dark(#1a1d1f, #eceff1);
  --soft: light-dark(#565d63, #a6b0b8);
  --line: light-dark(#d5d9dc, #384047);
  --good: light-dark(#1a6b37, #6fd08c);
  --watch: light-dark(#8a5200, #f5b544);
  --bad: light-dark(#b3201b, #ff8a80);
  font: clamp(1rem, .85rem + .35vw, 1.4rem)/1.5 system-ui, sans-serif;
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); }
main { max-width: 84rem; margin: 0 auto; padding: clamp(1rem, 3vw, 3rem); }
main.lonely { max-width: 40rem; }
h1, h2, h3, p, dl, ul { margin: 0 0 .75rem; overflow-wrap: anywhere; }
h1 { display: flex; gap: .6rem; align-items: flex-start; font-size: 1.8rem; line-height: 1.2; }
h2 { margin-top: 1.75rem; font-size: 1rem; color: var(--soft); }
h3 { display: flex; gap: .5rem; align-items: flex-start; font-size: 1.2rem; }
ul { padding: 0; list-style: none; }
code { font: inherit; font-family: ui-monospace, monospace; }
.brand, .small, dt { color: var(--soft); }
.small { font-size: .85em; }
.cards { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); }
.card { padding: 1.1rem; background: var(--card); border: 1px solid var(--line); border-radius: .6rem; }
.card.watch { border-color: var(--watch); }
.card.bad { border: 2px solid var(--bad); }
dl { margin: 0; }
section { min-width: 0; }
dl div { display: flex; justify-content: space-between; gap: 1rem; padding: .3rem 0; border-top: 1px solid var(--line); }
dd { margin: 0; text-align: end; font-variant-numeric: tabular-nums; }
.sign {
  display: inline-grid; place-items: center; flex: none; width: 1.35em; height: 1.35em;
  border: .12em solid; border-radius: 50%; font-size: .8em; font-weight: 700; line-height: 1;
}
h1 .sign { margin-top: .1em; }
h3 .sign { margin-top: .28em; }
.sign.good { color: var(--good); }
.sign.watch { color: var(--watch); border-radius: .25em; }
.sign.bad { color: var(--card); background: var(--bad); border-color: var(--bad); border-radius: .25em; }
.sign.busy { color: var(--soft); border-style: dashed; }
.lost { margin: 0; padding: .8rem; text-align: center; background: var(--card); border-bottom: .2rem solid var(--bad); }
.is-lost main { opacity: .7; }
.is-lost h1 { display: none; }
a { color: inherit; }
`

/** Brings the page up to date, and says so when it cannot: a page that only stands still would lie. */
const js = `
const main = document.getElementById('status')
const lost = document.querySelector('.lost')
async function refresh() {
  let isLost = true
  try {
    const answer = await fetch(location.pathname, { headers: { accept: 'text/html' }, signal: AbortSignal.timeout(4000) })
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    const fresh = page.getElementById('status')
    if (fresh && fresh.innerHTML !== main.innerHTML) main.innerHTML = fresh.innerHTML
    if (fresh) document.title = page.title
    isLost = !fresh
  } catch {}
  lost.hidden = !isLost
  document.body.classList.toggle('is-lost', isLost)
  setTimeout(refresh, 2000)
}
setTimeout(refresh, 1000)
`

const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#1a6b37"/>
<path d="M8 9h16M8 16h16M8 23h9" stroke="#fff" stroke-width="3.5" stroke-linecap="round"/></svg>`

export const pageFiles: Readonly<Record<string, PageFile>> = {
  '/regie.css': { type: 'text/css; charset=utf-8', text: css },
  '/regie.js': { type: 'text/javascript; charset=utf-8', text: js },
  '/regie.svg': { type: 'image/svg+xml', text: svg },
}
