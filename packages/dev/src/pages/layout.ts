// Frame and style of all pages: one column, system fonts, light and dark, no script.
import { html, SafeHtml } from "./html.js";

const style = new SafeHtml(`
  :root { color-scheme: light dark; --ink: #1c2430; --soft: #5a6675; --line: #dde2e9; --paper: #fff; --ground: #f5f6f8;
    --accent: #2454c7; --chip: #eef1f6; --good: #0f6b4a; }
  @media (prefers-color-scheme: dark) { :root { --ink: #e8ecf2; --soft: #9aa6b5; --line: #303a47; --paper: #1a212b;
    --ground: #11161d; --accent: #8fb0ff; --chip: #263040; --good: #6fd3ab; } }
  * { box-sizing: border-box; }
  body { margin: 0; min-height: 100vh; padding: 3rem 1.25rem; background: var(--ground); color: var(--ink);
    font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; }
  main { max-width: 36rem; margin: 0 auto; }
  h1 { margin: 0 0 .5rem; font-size: 1.65rem; line-height: 1.25; letter-spacing: -.015em; text-wrap: balance; }
  h2 { margin: 2rem 0 .25rem; font-size: 1.1rem; }
  p { margin: 0 0 1rem; color: var(--soft); }
  strong, .strong { color: var(--ink); font-weight: 600; }
  code { font: .84em/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
  .mark { display: flex; align-items: center; gap: .5rem; margin-bottom: 2rem; color: var(--soft); font-size: .875rem; }
  .mark::before { content: ""; width: .7rem; height: .7rem; border-radius: 50%; border: .2rem solid var(--accent); }
  .request { margin: 1.25rem 0 1.75rem; display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1rem;
    font-size: .9rem; }
  dt { color: var(--soft); } dd { margin: 0; }
  .request .chips { margin-top: 0; } .request .chip { background: var(--paper); box-shadow: inset 0 0 0 1px var(--line); }
  .people { list-style: none; margin: 0; padding: 0; display: grid; gap: .75rem; }
  .person { width: 100%; display: grid; grid-template-columns: 2.75rem 1fr auto; gap: 0 1rem; align-items: start;
    padding: 1rem 1.1rem; text-align: left; font: inherit; color: inherit; background: var(--paper);
    border: 1px solid var(--line); border-radius: .75rem; cursor: pointer; }
  .person:hover { border-color: var(--accent); }
  .person:focus-visible, .plain:focus-visible { outline: .2rem solid var(--accent); outline-offset: .15rem; }
  .face { width: 2.75rem; height: 2.75rem; border-radius: 50%; display: grid; place-items: center; font-weight: 600;
    background: var(--chip); color: var(--accent); }
  .name { font-weight: 600; } .mail { color: var(--soft); font-size: .9rem; overflow-wrap: anywhere; }
  .chips { display: flex; flex-wrap: wrap; gap: .35rem; margin-top: .55rem; }
  .chip { padding: .08rem .5rem; border-radius: 1rem; background: var(--chip); font-size: .78rem; color: var(--soft); }
  .role { color: var(--good); font-weight: 600; }
  .org { color: var(--soft); font-size: .8rem; }
  .suggested { border-color: var(--accent); }
  .plain { margin-top: 1.5rem; padding: .4rem 0; font: inherit; font-size: .9rem; color: var(--soft); background: none;
    border: 0; text-decoration: underline; text-underline-offset: .2em; cursor: pointer; }
  .person:disabled { opacity: .5; cursor: not-allowed; }
  .logins { list-style: none; margin: 0; padding: 0; } .logins .plain { margin: 0 0 0 .75rem; }
  .action { display: inline-block; padding: .6rem 1.2rem; font: inherit; font-weight: 600; color: var(--paper);
    background: var(--accent); border: 0; border-radius: .6rem; cursor: pointer; }
  footer { margin-top: 2.5rem; font-size: .8rem; color: var(--soft); }
`);

/** A complete page around `content`. */
export function renderLayout(title: string, content: SafeHtml): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title} · Gatewarden local tenant</title>
<style>${style}</style>
</head>
<body>
<main>
<div class="mark">Gatewarden local tenant</div>
${content}
</main>
</body>
</html>
`.text;
}
