// The login page: choose a persona instead of entering a password.
import type { Persona } from "../config/model.js";
import { html, type SafeHtml } from "./html.js";
import { renderLayout } from "./layout.js";

export interface PersonaPage {
  readonly personas: readonly Persona[];
  /** Display name of the requesting application. */
  readonly application: string;
  readonly audience: string | undefined;
  readonly scopes: readonly string[];
  /** The persona that the application suggests (`login_hint`). */
  readonly suggested: Persona | undefined;
  /** Who is logged in, in this browser or another. */
  readonly loggedIn: readonly Persona[];
  /** The accounts that cannot log in. */
  readonly disabled: readonly Persona[];
  /** Names of the active faults. */
  readonly faults: readonly string[];
  /** Where the choice is sent. */
  readonly action: string;
}

export function renderPersonaPage(page: PersonaPage): string {
  return renderLayout(
    "Who would you like to be?",
    html`<h1>Who would you like to be?</h1>
<p><strong>${page.application}</strong> asks you to log in. Pick a persona; there are no passwords here.</p>
${renderFaults(page)}${renderRequest(page)}
<form method="post" action="${page.action}">
<ul class="people" aria-label="Personas">
${page.personas.map((persona) => renderPersona(page, persona))}
</ul>
<button class="plain" type="submit" name="cancel" value="yes">Cancel and go back to ${page.application}</button>
</form>
${renderLoggedIn(page)}<footer>This page runs on your machine and exists for development only.</footer>`,
  );
}

/** In a form of its own: Return must choose a persona, and log out none. */
function renderLoggedIn({ action, loggedIn }: PersonaPage): SafeHtml | false {
  return (
    loggedIn.length > 0 &&
    html`<form method="post" action="${action}">
<h2>Logged in</h2>
<p>Logging out ends sessions and refresh tokens, and tells applications and receivers of signals.</p>
<ul class="logins" aria-label="Logged in">
${loggedIn.map(renderLogin)}</ul>
</form>
`
  );
}

/** Has the short name: tests find a persona's own button by the display name. */
function renderLogin({ id }: Persona): SafeHtml {
  return html`<li><code id="login-${id}">${id}</code>
<button class="plain" type="submit" name="logout" value="${id}" aria-describedby="login-${id}">Log out</button></li>
`;
}

/** Says that the coming failures are intended. */
function renderFaults({ faults }: PersonaPage): SafeHtml | false {
  const names = faults.map((name) => html`<code>${name}</code> `);
  return (
    faults.length > 0 &&
    html`<p><strong>Faults are on:</strong> ${names}· <code>npx gatewarden faults --reset</code> switches them off.</p>
`
  );
}

function renderRequest({ audience, scopes }: PersonaPage): SafeHtml {
  const chips = scopes.map((scope) => html`<span class="chip"><code>${scope}</code></span>`);
  return html`<dl class="request">
<dt>API</dt><dd>${audience === undefined ? "none: the access token will be opaque" : html`<code>${audience}</code>`}</dd>
<dt>Scopes</dt><dd>${scopes.length === 0 ? "none" : html`<span class="chips">${chips}</span>`}</dd>
</dl>`;
}

function renderPersona({ disabled, suggested }: PersonaPage, persona: Persona): SafeHtml {
  const isSuggested = persona === suggested;
  const isDisabled = disabled.includes(persona);
  const roles = persona.roles.map((role) => html`<span class="chip role">${role}</span>`);
  const permissions = persona.permissions.map((name) => html`<span class="chip"><code>${name}</code></span>`);
  const chips = [...roles, ...permissions];
  return html`<li><button class="person${isSuggested && " suggested"}" type="submit" name="persona" value="${persona.id}"${
    isSuggested && html` autofocus`
  }${isDisabled && html` disabled`}>
<span class="face" aria-hidden="true">${initials(persona.name)}</span>
<span><span class="name">${persona.name}</span>${isSuggested && html` <span class="chip">suggested</span>`}
${persona.email !== undefined && html`<br><span class="mail">${persona.email}</span>`}
<span class="chips">${chips.length > 0 ? chips : html`<span class="chip">no permissions</span>`}</span></span>
<span class="org">${isDisabled ? "account disabled" : (persona.organization ?? "")}</span>
</button></li>
`;
}

function initials(name: string): string {
  const words = name.split(/\s+/).filter(Boolean);
  return words
    .slice(0, 2)
    .map((word) => [...word][0]?.toUpperCase() ?? "")
    .join("");
}
