// The first screen: the routes of the API, what each needs, and one click for each outcome.
import { useState } from "preact/hooks";
import type { ScreenProps } from "../app.js";
import { ask, type Question } from "../ask.js";
import { call, type Persona, type TokenRequest, toMessage } from "../client.js";
import type { KnownApi } from "../known-api.js";
import type { Route } from "../openapi.js";
import { AddApi, AddRoute } from "../parts/add-api.js";
import { Chip, Problem, Screen, Status } from "../parts/basics.js";
import { type Exchange, ExchangeView, readChallenges } from "../parts/exchange.js";
import { TextField } from "../parts/fields.js";

export function TryScreen(props: ScreenProps) {
  const { apis, tenant } = props;
  const lead = "Each button sends a real request with a real token, and shows what the API answered, why, and the fix.";
  return (
    <Screen title="Try the API" lead={lead}>
      {apis.length > 0 && <Legend personas={tenant.personas} />}
      {apis.map((api) => (
        <ApiSection key={api.url} api={api} {...props} />
      ))}
      <AddApi isFirst={apis.length === 0} {...props} />
      {apis.length > 0 && <Ways />}
    </Screen>
  );
}

/** What the numbers and the names on the buttons mean, for somebody who sees them for the first time. */
function Legend({ personas }: { readonly personas: readonly Persona[] }) {
  const names = personas.map(firstName);
  const listed = [names.slice(0, -1).join(", "), names.at(-1)].filter(Boolean).join(" and ");
  return (
    <ul class="meanings" aria-label="What the buttons mean">
      <li>
        <Status code={200} /> let in
      </li>
      <li>
        <Status code={401} /> no valid token
      </li>
      <li>
        <Status code={403} /> a valid token, but it may not do this
      </li>
      {names.length > 0 && (
        <li class="soft">
          {listed} {names.length === 1 ? "is a person" : "are people"} of this tenant:{" "}
          <a href="#/people">who may what</a>
        </li>
      )}
    </ul>
  );
}

const ways = [
  { path: "token", name: "Get a token", text: "For a person or a machine, right or wrong, as curl, fetch or HTTPie." },
  { path: "explain", name: "Explain a request", text: "Paste what failed: each finding stands at its place." },
  { path: "faults", name: "Let the tenant fail", text: "Expired tokens, slow keys, wrong audiences: one switch each." },
  { path: "live", name: "Watch it live", text: "Each decision of the API as it is made, and why." },
];

/** Where to go from the first screen. */
function Ways() {
  return (
    <nav class="ways" aria-label="What else is here">
      {ways.map(({ name, path, text }) => (
        <a key={path} href={`#/${path}`}>
          <strong>{name}</strong>
          <span>{text}</span>
        </a>
      ))}
    </nav>
  );
}

function ApiSection({ api, reload, tenant }: ScreenProps & { readonly api: KnownApi }) {
  const { document, problem, url } = api;
  const [own, setOwn] = useState<readonly Route[]>([]);
  const routes = [...sortRoutes(document?.routes ?? []), ...own];
  const title = api.name ?? document?.title ?? url;
  const [failure, setFailure] = useState<string>();
  const remove = async () => {
    try {
      await call("DELETE", `/dev/apis?url=${encodeURIComponent(url)}`);
      setFailure(undefined);
    } catch (error) {
      setFailure(toMessage(error));
    }
    await reload();
  };
  return (
    <section class="api" aria-label={title}>
      <div class="bar">
        <h2>{title}</h2>
        {title !== url && <code class="soft">{url}</code>}
        <span class="gap" />
        <span class="buttons">
          <button type="button" class="plain" onClick={reload}>
            Load again
          </button>
          <button type="button" class="plain" onClick={remove}>
            Remove
          </button>
        </span>
      </div>
      {failure && <Problem>{failure}</Problem>}
      {problem && <Problem onRetry={reload}>{problem}</Problem>}
      {!problem && !document && (
        <p class="soft">
          This API publishes no OpenAPI document at the usual places. Add the routes that you want to try.
        </p>
      )}
      {routes.length > 0 && (
        <ul class="routes">
          {routes.map((route) => (
            <RouteRow key={route.method + route.path} route={route} api={api} tenant={tenant} />
          ))}
        </ul>
      )}
      {!document && !problem && <AddRoute onAdd={(route) => setOwn([...own, route])} />}
    </section>
  );
}

/** What is protected comes first; it is what the page is about. */
function sortRoutes(routes: readonly Route[]): readonly Route[] {
  const rank = ({ needs }: Route) => (needs === undefined ? 2 : needs.length > 0 ? 0 : 1);
  return [...routes].sort((one, other) => rank(one) - rank(other));
}

interface Choice {
  readonly status: number;
  readonly label: string;
  readonly who: string;
  /** What the token is like. */
  readonly hint: string;
  readonly token: TokenRequest | undefined;
}

interface RowProps extends Pick<ScreenProps, "tenant"> {
  readonly route: Route;
  readonly api: KnownApi;
}

function RouteRow({ api, route, tenant }: RowProps) {
  const { method, needs, path, summary } = route;
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const [exchange, setExchange] = useState<Exchange>();
  const [busy, setBusy] = useState<string>();
  const [problem, setProblem] = useState<string>();
  const names = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name = ""]) => name);
  const url = api.url + path.replace(/\{([^}]+)\}/g, (_all, name: string) => encodeURIComponent(values[name] || "1"));
  const send = async (choice: Pick<Question, "who" | "token" | "expected"> & { label: string }) => {
    setBusy(choice.label);
    setProblem(undefined);
    try {
      setExchange(await ask({ ...choice, method, url, needs: needs ?? [] }));
    } catch (error) {
      setProblem(toMessage(error));
    }
    setBusy(undefined);
  };
  const choices = toChoices(route, tenant.personas);
  return (
    <li class={`route ${exchange ? "open" : ""}`}>
      <div class="row">
        <div class="what">
          <h3>
            <span class={`method ${method.toLowerCase()}`}>{method}</span> <code>{path}</code>
          </h3>
          <p class="needs">
            <Needs needs={needs} /> <span class="soft">{summary}</span>
          </p>
        </div>
        <div class="choices">
          {choices.map((choice) => (
            <button
              key={choice.label}
              type="button"
              class="choice"
              disabled={busy !== undefined}
              title={choice.hint}
              aria-label={`${choice.status} ${choice.label}: ${method} ${path} ${choice.who}`}
              onClick={() => send({ ...choice, expected: choice.status })}
            >
              <Status code={choice.status} /> {choice.label}
            </button>
          ))}
        </div>
      </div>
      {names.length > 0 && (
        <div class="inputs">
          {names.map((name) => (
            <TextField
              key={name}
              label={name}
              value={values[name] ?? ""}
              placeholder="1"
              onInput={(value) => setValues({ ...values, [name]: value })}
            />
          ))}
        </div>
      )}
      {problem && <Problem>{problem}</Problem>}
      {exchange && (
        <ExchangeView exchange={exchange} onClose={() => setExchange(undefined)}>
          <StepUp
            exchange={exchange}
            onAgain={(token) => send({ label: "again", who: "after a stronger login", token })}
          />
          {exchange.reason?.code === "permission_missing" && (
            <Grant
              needs={needs ?? []}
              onAgain={(token) => send({ label: "again", who: "with the permission", token })}
              persona={tenant.personas.find(({ name }) => exchange.who === `as ${name}`)}
            />
          )}
        </ExchangeView>
      )}
    </li>
  );
}

function Needs({ needs }: Pick<Route, "needs">) {
  if (needs === undefined) return <Chip>open to everybody</Chip>;
  if (needs.length === 0) return <Chip tone="accent">any valid token</Chip>;
  return (
    <>
      {needs.map((name) => (
        <Chip key={name} tone="accent">
          needs {name}
        </Chip>
      ))}
    </>
  );
}

/** One click each: accepted, not let in, and not allowed. */
function toChoices({ needs }: Route, personas: readonly Persona[]): readonly Choice[] {
  const none = { label: "No token", who: "without a token", hint: "No Authorization header", token: undefined };
  if (needs === undefined) return [{ ...none, status: 200 }];
  const may = ({ permissions }: Persona) => needs.every((name) => permissions.includes(name));
  const able = personas.find(may);
  const unable = personas.find((persona) => !may(persona));
  const as = (persona: Persona, status: number): Choice => {
    const hint = `${persona.name}: ${persona.permissions.join(", ") || "no permissions"}`;
    return { status, label: firstName(persona), who: `as ${persona.name}`, hint, token: { as: persona.id } };
  };
  const [first] = personas;
  const expired = { status: 401, label: "Expired", who: "with an expired token", hint: "A token that has expired" };
  const granted = {
    status: 200,
    label: "Granted",
    who: "with the permission",
    hint: `A token with ${needs.join(", ")}`,
  };
  return [
    ...(able ? [as(able, 200)] : []),
    ...(able || !first ? [] : [{ ...granted, token: { as: first.id, permissions: needs } }]),
    { ...none, status: 401 },
    ...(unable ? [as(unable, 403)] : [{ ...expired, token: { ...(first && { as: first.id }), fault: "expired" } }]),
  ];
}

function firstName({ name }: Persona): string {
  return name.split(" ")[0] ?? name;
}

/** The API asked for a stronger or newer login (RFC 9470 §3): offers a token of such a one. */
function StepUp({ exchange, onAgain }: { exchange: Exchange; onAgain: (token: TokenRequest) => void }) {
  const parameters = readChallenges(exchange.answer).flatMap((one) => one.parameters);
  const find = (name: string) => parameters.find(([one]) => one === name)?.[1];
  if (find("error") !== "insufficient_user_authentication") return null;
  const [acr] = (find("acr_values") ?? "").split(" ");
  const claims = { auth_time: Math.floor(Date.now() / 1000), ...(acr && { acr, amr: ["pwd", "mfa"] }) };
  return (
    <p class="stepup">
      The API wants a stronger or newer login{acr && ` (acr ${acr})`}.{" "}
      <button type="button" class="quiet" onClick={() => onAgain({ claims })}>
        Try again with one
      </button>
    </p>
  );
}

interface GrantProps {
  readonly needs: readonly string[];
  readonly persona: Persona | undefined;
  readonly onAgain: (token: TokenRequest) => void;
}

/** Shows that the permission is all that was missing. */
function Grant({ needs, onAgain, persona }: GrantProps) {
  if (persona === undefined) return null;
  const permissions = [...new Set([...persona.permissions, ...needs])];
  return (
    <p class="stepup">
      <button type="button" class="quiet" onClick={() => onAgain({ as: persona.id, permissions })}>
        Try again with {needs.join(", ")}
      </button>
      <span class="soft">
        For all tokens of {persona.name}: give it under <a href="#/people">People</a>.
      </span>
    </p>
  );
}
