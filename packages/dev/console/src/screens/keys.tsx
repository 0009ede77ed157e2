// The keys: which signs, which verifies what until when; rotate and withdraw.
import { useState } from "preact/hooks";
import type { ScreenProps } from "../app.js";
import { call, toMessage } from "../client.js";
import { useLoaded } from "../hooks.js";
import { Chip, Problem, Screen } from "../parts/basics.js";

interface Key {
  readonly kid: string;
  readonly alg: string;
  readonly state: "signs" | "verifies" | "withdrawn";
  readonly since: string;
  readonly withdrawn?: string;
  readonly tokens: number;
  readonly until: string | null;
}

const states = {
  signs: { tone: "good", text: "signs new tokens" },
  verifies: { tone: "accent", text: "verifies older tokens" },
  withdrawn: { tone: "bad", text: "withdrawn" },
};

export function KeysScreen(_props: ScreenProps) {
  const { problem: failure, reload, value } = useLoaded(() => call<{ keys: Key[] }>("GET", "/dev/keys"));
  const [problem, setProblem] = useState<string>();
  const change = async (method: string, path: string, body?: unknown) => {
    try {
      await call(method, path, body);
      setProblem(undefined);
    } catch (error) {
      setProblem(toMessage(error));
    }
    await reload();
  };
  const keys = value?.keys ?? [];
  const shown = problem ?? failure;
  return (
    <Screen
      title="Keys"
      lead="Which key signs, and which key verifies which tokens until when. The command line has the fault rotated-keys."
    >
      <div class="buttons after">
        <button type="button" class="action" onClick={() => change("POST", "/dev/keys", {})}>
          Rotate
        </button>
        <button type="button" class="quiet" onClick={() => change("POST", "/dev/keys", { dropOld: true })}>
          Rotate and withdraw the old
        </button>
        <span class="soft">A rotation breaks nothing; a withdrawal breaks every token of the old key.</span>
      </div>
      {shown && <Problem>{shown}</Problem>}
      {keys.length > 0 && <Picture keys={keys} />}
      <ul class="keys">
        {keys.map((key) => (
          <li key={key.kid} class="card">
            <div class="bar">
              <code>
                <strong>{key.kid}</strong>
              </code>
              <Chip>{key.alg}</Chip>
              <Chip tone={states[key.state].tone}>{states[key.state].text}</Chip>
              <span class="gap" />
              {key.state === "verifies" && (
                <button
                  type="button"
                  class="quiet"
                  aria-label={`Withdraw ${key.kid}`}
                  onClick={() => change("DELETE", `/dev/keys/${encodeURIComponent(key.kid)}`)}
                >
                  Withdraw
                </button>
              )}
            </div>
            <p class="soft">{describe(key)}</p>
          </li>
        ))}
      </ul>
    </Screen>
  );
}

function describe({ state, tokens, until, withdrawn }: Key): string {
  const count = `${tokens} ${tokens === 1 ? "token" : "tokens"}`;
  if (state === "withdrawn") {
    const lost =
      until === null || tokens === 0
        ? "It had signed none."
        : `Its ${count} verify no longer, the last of which would have lived until ${toMoment(until)}.`;
    return `Withdrawn at ${toMoment(withdrawn ?? "")}. ${lost}`;
  }
  if (until === null) return "It has signed no token since the tenant started.";
  return `It has signed ${count} since the tenant started. The last expires at ${toMoment(until)}.`;
}

function toMoment(at: string): string {
  const date = new Date(at);
  const isToday = date.toDateString() === new Date().toDateString();
  const time = date.toLocaleTimeString("en-GB");
  return isToday ? time : `${date.toLocaleDateString("en-GB", { day: "numeric", month: "short" })}, ${time}`;
}

/** The part of the width that the past gets, so that it is visible beside tokens that live a day. */
const past = 38;

/** One bar per key. Left of the middle is what was, right of it how long its tokens live. */
function Picture({ keys }: { readonly keys: readonly Key[] }) {
  const now = Date.now();
  const first = Math.min(now - 60_000, ...keys.map(({ since }) => Date.parse(since)));
  const last = Math.max(now + 60_000, ...keys.map(({ until }) => (until === null ? 0 : Date.parse(until))));
  const place = (time: number) =>
    time <= now ? ((time - first) / (now - first)) * past : past + ((time - now) / (last - now)) * (100 - past);
  return (
    <figure class="card picture">
      <div class="lanes" aria-hidden="true">
        {keys.map((key) => {
          const start = place(Date.parse(key.since));
          const stop = place(key.withdrawn ? Date.parse(key.withdrawn) : now);
          const end = key.until === null ? past : place(Date.parse(key.until));
          const from = Math.max(key.withdrawn ? stop : past, start);
          return (
            <div key={key.kid} class={`lane ${key.state}`}>
              <code>{key.kid.slice(0, 8)}</code>
              <div class="track-line">
                <span class="used" style={{ left: `${start}%`, width: `${Math.max(0.6, stop - start)}%` }} />
                {end > from && <span class="rest" style={{ left: `${from}%`, width: `${end - from}%` }} />}
                <span class="now" style={{ left: `${past}%` }} />
              </div>
            </div>
          );
        })}
        <div class="lane axis">
          <span />
          <div class="track-line">
            <span class="tick">{toMoment(new Date(first).toISOString())}</span>
            <span class="tick middle" style={{ left: `${past}%` }}>
              now
            </span>
            <span class="tick end">{toMoment(new Date(last).toISOString())}</span>
          </div>
        </div>
      </div>
      <figcaption>
        <span class="legend used" aria-hidden="true" /> published <span class="legend rest" aria-hidden="true" /> its
        tokens live this long <span class="legend lost" aria-hidden="true" /> its tokens verify no longer
      </figcaption>
    </figure>
  );
}
