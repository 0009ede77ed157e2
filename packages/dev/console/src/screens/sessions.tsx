// Who is logged in, log-outs and security events, and what became of each, on a time line.
import { useEffect, useState } from "preact/hooks";
import type { ScreenProps } from "../app.js";
import { call, toMessage } from "../client.js";
import { type FeedEvent, numberOf, textOf, toClock, useFeed } from "../feed.js";
import { useLoaded } from "../hooks.js";
import { Chip, Loading, Problem, Screen } from "../parts/basics.js";
import { Select, TextField } from "../parts/fields.js";

interface Login {
  readonly persona: string;
  readonly sessions: number;
  readonly grants: number;
  readonly clients: readonly string[];
}

interface Stream {
  readonly stream: string;
  readonly client: string;
  readonly delivery: string;
  readonly status: string;
  readonly waiting: number;
}

interface Delivery {
  readonly client: string;
  readonly delivered: boolean;
  readonly status: number | null;
}

const signals = [
  { value: "session-revoked", label: "session-revoked: the session ended" },
  { value: "credential-change", label: "credential-change: a new password" },
  { value: "token-claims-change", label: "token-claims-change: other permissions" },
  { value: "account-disabled", label: "account-disabled: locked out" },
  { value: "account-enabled", label: "account-enabled: may log in again" },
];
const onLine = ["token", "logout", "signal", "people", "reset"];

export function SessionsScreen({ reload, tenant }: ScreenProps) {
  const logins = useLoaded(() => call<Login[]>("GET", "/dev/logins"));
  const streams = useLoaded(() => call<Stream[]>("GET", "/dev/signals"));
  const { events } = useFeed();
  const [problem, setProblem] = useState<string>();
  const line = events.filter(({ kind }) => onLine.includes(kind));
  const newest = line[0]?.id;
  useEffect(() => void Promise.all([logins.reload(), streams.reload()]), [newest]);
  const act = async (path: string, body: unknown) => {
    try {
      await call("POST", path, body);
      setProblem(undefined);
      await reload();
    } catch (error) {
      setProblem(toMessage(error));
    }
  };
  const nameOf = (id: string) => tenant.personas.find((one) => one.id === id)?.name ?? id;
  const lead =
    "Log a person out, or send a security event: applications and APIs are told, and the time line shows what became of it.";
  return (
    <Screen title="Sessions" lead={lead}>
      {(problem ?? logins.problem) && <Problem>{problem ?? logins.problem}</Problem>}
      <div class="split even">
        <section class="card" aria-label="Logged in">
          <h2>Logged in</h2>
          {!logins.value && !logins.problem && <Loading />}
          {logins.value?.length === 0 && (
            <p class="soft">No person. A login, or a token from this page, begins a session.</p>
          )}
          <ul class="rows" aria-label="People who are logged in">
            {logins.value?.map(({ clients, grants, persona, sessions }) => (
              <li key={persona}>
                <div>
                  <strong>{nameOf(persona)}</strong>
                  <p class="soft">{describeLogin({ clients, grants, sessions })}</p>
                </div>
                <button
                  type="button"
                  class="quiet"
                  aria-label={`Log out ${nameOf(persona)}`}
                  onClick={() => act("/dev/logout", { as: persona })}
                >
                  Log out
                </button>
              </li>
            ))}
          </ul>
        </section>
        <SignalForm tenant={tenant} onSend={(body) => act("/dev/signals", body)} />
      </div>
      <section class="card after" aria-label="Receivers of signals">
        <h2>Receivers of signals</h2>
        {streams.value?.length === 0 ? (
          <p class="soft">
            None. A receiver registers its stream at <code>{tenant.issuer}ssf/stream</code>.
          </p>
        ) : (
          <ul class="rows" aria-label="Streams">
            {streams.value?.map(({ client, delivery, status, stream, waiting }) => (
              <li key={stream}>
                <strong>{client}</strong>
                <span class="soft">
                  {delivery}, {status}, {count(waiting, "event")} waiting
                </span>
              </li>
            ))}
          </ul>
        )}
      </section>
      <section class="after" aria-label="Time line">
        <h2>Time line</h2>
        {line.length === 0 && (
          <p class="hint soft">Nothing has happened yet. A token, a log-out or an event begins it.</p>
        )}
        <ol class="timeline">
          {foldRepeated(line, nameOf).map(({ event, text, times }) => (
            <li key={event.id} class={event.kind}>
              <time class="soft" dateTime={event.at}>
                {toClock(event.at)}
              </time>
              <div>
                <p>
                  {text} {times > 1 && <Chip>{times} times</Chip>}
                </p>
                {toDeliveries(event).map(({ client, delivered, status }) => (
                  <p key={client}>
                    <Chip tone={delivered ? "good" : "bad"}>{delivered ? "delivered" : "not delivered"}</Chip> logout
                    token to <code>{client}</code> {status === null ? "(no answer)" : `(${status})`}
                  </p>
                ))}
              </div>
            </li>
          ))}
        </ol>
      </section>
    </Screen>
  );
}

function SignalForm({ onSend, tenant }: Pick<ScreenProps, "tenant"> & { onSend: (body: unknown) => void }) {
  const [persona, setPersona] = useState(tenant.personas[0]?.id ?? "");
  const [event, setEvent] = useState("session-revoked");
  const [permissions, setPermissions] = useState("");
  const send = (submit: Event) => {
    submit.preventDefault();
    const list = permissions.split(/[\s,]+/).filter(Boolean);
    onSend({ as: persona, event, ...(event === "token-claims-change" && { permissions: list }) });
  };
  return (
    <form class="card" aria-label="Security event" onSubmit={send}>
      <h2>Security event</h2>
      <Select label="Event" value={event} options={signals} onChange={setEvent} />
      <Select
        label="About"
        value={persona}
        options={tenant.personas.map(({ id, name }) => ({ value: id, label: name }))}
        onChange={setPersona}
      />
      {event === "token-claims-change" && (
        <TextField
          label="All permissions from now on"
          value={permissions}
          placeholder="none"
          onInput={setPermissions}
        />
      )}
      <button type="submit" class="action start">
        Send
      </button>
    </form>
  );
}

interface Ended {
  readonly clients: readonly string[];
  readonly sessions: number | undefined;
  readonly grants: number | undefined;
}

function describeLogin({ clients, grants = 0, sessions = 0 }: Ended): string {
  const parts = [
    ...(sessions > 0 ? [count(sessions, "browser")] : []),
    ...(grants > 0 ? [count(grants, "grant")] : []),
  ];
  return `${parts.join(", ") || "no session"}${clients.length > 0 ? ` at ${clients.join(", ")}` : ""}`;
}

interface Entry {
  readonly event: FeedEvent;
  readonly text: string;
  readonly times: number;
}

/** The same event several times in a row is one line, so that the rarer ones are seen. */
function foldRepeated(events: readonly FeedEvent[], nameOf: (id: string) => string): readonly Entry[] {
  const entries: Entry[] = [];
  for (const event of events) {
    const text = describe(event, nameOf);
    const last = entries.at(-1);
    if (last?.text === text && event.kind === "token") entries[entries.length - 1] = { ...last, times: last.times + 1 };
    else entries.push({ event, text, times: 1 });
  }
  return entries;
}

function describe(event: FeedEvent, nameOf: (id: string) => string): string {
  const [audience, client, holder, persona, name] = ["audience", "client", "holder", "persona", "event"].map((one) =>
    textOf(event, one),
  );
  if (event.kind === "token")
    return `A token for ${nameOf(holder ?? "")}${client && client !== holder ? ` at ${client}` : ""}${audience ? `, for ${audience}` : ""}`;
  if (event.kind === "people")
    return `${nameOf(persona || client || audience || "")} was ${event["removed"] ? "removed" : "changed"}`;
  if (event.kind === "reset") return "The tenant was reset";
  const told = numberOf(event, "streams") ?? 0;
  const streams = told === 0 ? "no receiver is registered" : `sent to ${count(told, "receiver")}`;
  if (event.kind === "signal") return `${name} about ${nameOf(persona ?? "")}: ${streams}`;
  if (event["wasLoggedIn"] === false) return `${nameOf(persona ?? "")} was not logged in; nothing was sent`;
  const ended = describeLogin({
    clients: [],
    sessions: numberOf(event, "sessions"),
    grants: numberOf(event, "grants"),
  });
  return `${nameOf(persona ?? "")} was logged out (${ended}). session-revoked: ${streams}`;
}

function toDeliveries(event: FeedEvent): readonly Delivery[] {
  const list = event["logoutTokens"];
  return Array.isArray(list) ? (list as Delivery[]) : [];
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? "" : "s"}`;
}
