// What the page looks like. Text from elsewhere is set as text, never as HTML (CWE-79).
import { advice } from "gatewarden/advice";
import type { Answer } from "./api.js";
import type { Call } from "./calls.js";
import type { Session } from "./login.js";
import type { Settings } from "./settings.js";

type Child = Node | string;

function make(tag: string, properties: Readonly<Record<string, unknown>> = {}, ...children: Child[]): HTMLElement {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

function find(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (!element) throw new Error(`The page has no #${id}`);
  return element;
}

export function showFacts({ issuer, api, audience }: Settings): void {
  const facts = { Issuer: issuer, API: api, Audience: audience, "This page": location.origin };
  const rows = Object.entries(facts).map(([name, value]) =>
    make("div", {}, make("dt", {}, name), make("dd", {}, make("code", {}, value))),
  );
  find("facts").replaceChildren(...rows);
}

/** What the buttons of the login do. */
interface LoginActions {
  readonly logIn: (dpop: boolean) => void;
  readonly forget: () => void;
}

export function showLogin(session: Session | undefined, dpop: boolean, { logIn, forget }: LoginActions): void {
  find("login").replaceChildren(...(session ? showPerson(session, forget) : showChoice(dpop, logIn)));
}

function showPerson({ name, subject, keys }: Session, forget: () => void): HTMLElement[] {
  const kind = keys ? "DPoP: the token is bound to a key of this page" : "Bearer: anyone who has the token can use it";
  const person = make("p", { className: "person" }, make("strong", {}, name), make("code", {}, subject));
  return [
    make("div", { className: "state" }, person, make("p", { className: "soft" }, kind)),
    make("button", { type: "button", className: "plain", onclick: forget }, "Forget the token"),
  ];
}

function showChoice(dpop: boolean, logIn: (dpop: boolean) => void): HTMLElement[] {
  const box = Object.assign(document.createElement("input"), { type: "checkbox", checked: dpop });
  box.setAttribute("role", "switch");
  return [
    make(
      "div",
      { className: "state" },
      make("p", { className: "person" }, make("strong", {}, "Not logged in")),
      make("label", { className: "switch" }, box, "Bind the token to a key of this page (DPoP)"),
    ),
    make("button", { type: "button", onclick: () => logIn(box.checked) }, "Log in"),
  ];
}

export function showCalls(calls: readonly Call[], call: (path: string) => void): void {
  const cards = calls.map(({ path, needs }) =>
    make(
      "article",
      { id: toId(path) },
      make("div", {}, make("code", {}, `GET ${path}`), make("p", { className: "soft" }, `Needs ${needs}`)),
      make("button", { type: "button", onclick: () => call(path) }, "Call"),
      make("output", {}),
    ),
  );
  find("calls").replaceChildren(...cards);
}

const toId = (path: string) => path.slice(1).replaceAll("/", "-");

export function showAnswer(path: string, answer: Answer, stepUp: (terms: Record<string, string>) => void): void {
  const { status, body, challenge } = answer;
  const kind = status < 400 ? "good" : status === 403 ? "wrong" : "refused";
  const children: Child[] = [make("strong", { className: `status ${kind}` }, String(status)), ...explain(answer)];
  const terms = readStepUp(answer);
  if (terms) {
    const onclick = () => stepUp(terms);
    children.push(make("button", { type: "button", className: "step-up", onclick }, "Log in again"));
  }
  children.push(make("pre", {}, JSON.stringify(body, null, 2)));
  if (challenge !== undefined) children.push(make("pre", { className: "challenge" }, `WWW-Authenticate: ${challenge}`));
  find(toId(path))
    .querySelector("output")
    ?.replaceChildren(...children);
}

/** The API says why in `code`. What that means, and what to do, is known to the library. */
function explain({ status, body, parameters }: Answer): Child[] {
  if (status < 400) return [];
  const { code } = body;
  const known =
    typeof code === "string" && Object.hasOwn(advice, code) ? advice[code as keyof typeof advice] : undefined;
  const missing = parameters["scope"] === undefined ? [] : [`The token needs \`${parameters["scope"]}\`.`];
  return [
    make("code", { className: "reason" }, String(code)),
    ...[known?.cause, known?.fix, ...missing].filter((text) => text !== undefined).map(showText),
  ];
}

/** The advice marks names with backticks. */
function showText(text: string): HTMLElement {
  const parts = text.split("`").map((part, index) => (index % 2 === 1 ? make("code", {}, part) : part));
  return make("p", {}, ...parts);
}

/** What a new login must be like (RFC 9470 §3). */
function readStepUp({ parameters }: Answer): Record<string, string> | undefined {
  if (parameters["error"] !== "insufficient_user_authentication") return undefined;
  const names = ["acr_values", "max_age"].filter((name) => parameters[name] !== undefined);
  return Object.fromEntries(names.map((name) => [name, parameters[name] ?? ""]));
}

export function showFailure(error: unknown): void {
  const failure = find("failure");
  failure.hidden = false;
  failure.textContent = error instanceof Error ? `${error.name}: ${error.message}` : "Something failed";
}
