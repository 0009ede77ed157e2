// The login of the authorization code flow: shows the persona page and handles the choice.
import type { ServerResponse } from "node:http";
import type Provider from "oidc-provider";
import type { Interaction, InteractionResults } from "oidc-provider";
import type { Persona, TenantConfig } from "../config/model.js";
import { renderPersonaPage } from "../pages/persona-page.js";
import { renderErrorPage } from "../pages/small-pages.js";
import type { People } from "../people/people.js";
import { readAcrValues } from "../provider/consent.js";
import { loginPath } from "../provider/paths.js";
import { loadBody } from "./body.js";
import type { PeopleActions } from "./people-endpoints.js";
import type { Exchange, Handler } from "./pipeline.js";
import { sendPage } from "./respond.js";

const LOGIN_PATH = /^\/login\/[\w-]+$/;

export interface LoginOptions {
  readonly currentProvider: () => Provider;
  readonly config: TenantConfig;
  readonly people: People;
  readonly actions: Pick<PeopleActions, "logins" | "logOut">;
  /** Names of the active faults. */
  readonly currentFaults: () => readonly string[];
}

export function createLoginHandler(options: LoginOptions): Handler {
  const { currentProvider, currentFaults } = options;
  return async (exchange, next) => {
    if (!LOGIN_PATH.test(exchange.url.pathname)) return next();
    const provider = currentProvider();
    const interaction = await findInteraction(provider, exchange);
    if (interaction === undefined) {
      const reason = "This login has ended or belongs to another browser.";
      return sendPage(exchange.response, 400, renderErrorPage("invalid_request", [reason]));
    }
    const login: Login = { ...options, provider, faults: currentFaults(), interaction, exchange };
    return exchange.request.method === "POST" ? takeChoice(login) : offerChoice(login);
  };
}

interface Login extends Pick<LoginOptions, "config" | "people" | "actions"> {
  readonly provider: Provider;
  readonly faults: readonly string[];
  readonly interaction: Interaction;
  readonly exchange: Exchange;
}

async function findInteraction(
  provider: Provider,
  { request, response, url }: Exchange,
): Promise<Interaction | undefined> {
  try {
    const interaction = await provider.interactionDetails(request, response);
    return url.pathname === loginPath(interaction.uid) ? interaction : undefined;
  } catch {
    return undefined;
  }
}

async function offerChoice(login: Login): Promise<void> {
  const { config, exchange, faults, interaction, provider } = login;
  const { audience, client_id, login_hint, persona, resource, scope } = interaction.params;
  const direct = findPersonaByLogin(login, persona);
  if (direct !== undefined) return finish(login, direct);
  const client = typeof client_id === "string" ? await provider.Client.find(client_id) : undefined;
  const page = renderPersonaPage({
    personas: config.personas,
    application: client?.clientName ?? client?.clientId ?? "An application",
    audience: toFilledText(audience) ?? toFilledText(resource),
    scopes: toFilledText(scope)?.split(" ") ?? [],
    suggested: findPersonaByLogin(login, login_hint),
    faults,
    loggedIn: login.actions.logins().map((one) => one.persona),
    disabled: config.personas.filter((one) => login.people.isDisabled(one)),
    action: loginPath(interaction.uid),
  });
  sendPage(exchange.response, 200, page);
}

async function takeChoice(login: Login): Promise<void> {
  const form = new URLSearchParams(await loadBody(login.exchange.request));
  if (form.has("cancel"))
    return redirect(login, { error: "access_denied", error_description: "The login was cancelled" });
  const leaving = form.get("logout");
  if (leaving !== null) return logOutHere(login, leaving);
  const persona = findPersonaByLogin(login, form.get("persona"));
  return persona === undefined ? offerChoice(login) : finish(login, persona);
}

/**
 * Logs a persona out everywhere, and shows the page again. As for a login, the page's address is a
 * secret of this browser; a form of another site is refused besides (CWE-352).
 */
async function logOutHere({ actions, config, exchange, interaction }: Login, id: string): Promise<void> {
  const site = exchange.request.headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin") {
    const reason = "Only the tenant's own page may log people out.";
    return sendPage(exchange.response, 403, renderErrorPage("access_denied", [reason]));
  }
  const persona = config.personas.find((one) => one.id === id);
  if (persona !== undefined) await actions.logOut(persona.id);
  sendRedirect(exchange.response, loginPath(interaction.uid));
}

/** A login here is of whatever strength the application asks for. */
async function finish(login: Login, persona: Persona): Promise<void> {
  const [acr] = readAcrValues(login.interaction.params);
  const kind = acr === undefined ? { amr: ["pwd"] } : { amr: ["pwd", "mfa"], acr };
  await redirect(login, { login: { accountId: persona.subject, ...kind } }, persona);
}

/** Passes the result to the provider, which continues the authorization request. */
async function redirect(login: Login, result: InteractionResults, persona?: Persona): Promise<void> {
  const { request, response } = login.exchange;
  const target = await login.provider.interactionResult(request, response, result, { mergeWithLastSubmission: false });
  if (persona !== undefined) await forgetOtherAccount(login, persona);
  sendRedirect(response, target);
}

/**
 * Without this, a change of persona would first show the provider's logout page, which requires
 * JavaScript.
 */
async function forgetOtherAccount({ provider, interaction }: Login, persona: Persona): Promise<void> {
  const uid = interaction.session?.uid;
  const session = uid === undefined ? undefined : await provider.Session.findByUid(uid);
  if (session === undefined || session.accountId === persona.subject) return;
  session.accountId = undefined;
  session.authorizations = undefined;
  await session.persist();
}

function sendRedirect(response: ServerResponse, target: string): void {
  response.writeHead(303, { location: target, "cache-control": "no-store" }).end();
}

/** By short name, e-mail address or subject. Undefined for a disabled account. */
function findPersonaByLogin({ config, people }: Login, name: unknown): Persona | undefined {
  if (typeof name !== "string") return undefined;
  const persona = config.personas.find(({ id, email, subject }) => [id, email, subject].includes(name));
  return persona === undefined || people.isDisabled(persona) ? undefined : persona;
}

function toFilledText(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
