// The decisions of connected APIs, as they are made.
import { useState } from "preact/hooks";
import type { ScreenProps } from "../app.js";
import { type FeedEvent, numberOf, textOf, toClock, useFeed } from "../feed.js";
import { Chip, Code, Screen, Select, Status } from "../parts/basics.js";
import { toMarked } from "../parts/exchange.js";

interface Filter {
  readonly outcome: string;
  readonly reason: string;
  readonly holder: string;
  readonly need: string;
}

const everything: Filter = { outcome: "", reason: "", holder: "", need: "" };

export function LiveScreen({ tenant }: ScreenProps) {
  const { events, isOpen } = useFeed();
  const [filter, setFilter] = useState(everything);
  const decisions = events.filter(({ kind }) => kind === "decision");
  const names = Object.keys(everything) as (keyof Filter)[];
  const shown = decisions.filter((event) =>
    names.every((name) => !filter[name] || textOf(event, name) === filter[name]),
  );
  const choose = (name: keyof Filter, label: string) => (
    <Select
      key={name}
      label={label}
      value={filter[name]}
      options={[{ value: "", label: "all" }, ...listValues(decisions, name).map((value) => ({ value, label: value }))]}
      onChange={(value) => setFilter({ ...filter, [name]: value })}
    />
  );
  const lead = "Who was let in and who was not, and why, as it happens. The feed carries no token and no claim.";
  return (
    <Screen title="Live" lead={lead}>
      <section class="card" aria-label="Filter">
        <div class="inputs">
          {choose("outcome", "Outcome")}
          {choose("reason", "Reason")}
          {choose("holder", "Whose token")}
          {choose("need", "What the route needs")}
        </div>
        <p class="soft live">
          <span class={`dot ${isOpen ? "on" : ""}`} aria-hidden="true" />
          {isOpen ? "Connected" : "Not connected; trying again"} · {shown.length} of {decisions.length} shown
        </p>
      </section>
      {decisions.length === 0 ? <HowTo issuer={tenant.issuer} /> : <Decisions events={shown} />}
    </Screen>
  );
}

function listValues(events: readonly FeedEvent[], name: string): readonly string[] {
  return [...new Set(events.map((event) => textOf(event, name)))].filter(Boolean).sort();
}

function Decisions({ events }: { readonly events: readonly FeedEvent[] }) {
  return (
    <ol class="feed" aria-label="Decisions, the newest first">
      {events.map((event) => (
        <li key={event.id}>
          <Decision event={event} />
        </li>
      ))}
    </ol>
  );
}

function Decision({ event }: { readonly event: FeedEvent }) {
  const [reason, holder, need, outcome] = ["reason", "holder", "need", "outcome"].map((name) => textOf(event, name));
  const milliseconds = numberOf(event, "milliseconds");
  const line = (
    <>
      <time class="soft" dateTime={event.at}>
        {toClock(event.at)}
      </time>
      {outcome === "refused" ? <Status code={numberOf(event, "status") ?? 401} /> : <span class="status good">✓</span>}
      <strong>{reason || outcome}</strong>
      {holder && <Chip tone="accent">{holder}</Chip>}
      {need && <Chip>needs {need}</Chip>}
      <span class="soft">{textOf(event, "api")}</span>
      {milliseconds !== undefined && <span class="soft">{milliseconds} ms</span>}
    </>
  );
  if (!textOf(event, "cause")) return <div class="line">{line}</div>;
  return (
    <details>
      <summary class="line">{line}</summary>
      <dl class="why">
        <div>
          <dt>Cause</dt>
          <dd>{toMarked(textOf(event, "cause"))}</dd>
        </div>
        <div>
          <dt>Fix</dt>
          <dd>{toMarked(textOf(event, "fix"))}</dd>
        </div>
      </dl>
    </details>
  );
}

function HowTo({ issuer }: { readonly issuer: string }) {
  const text = `import { connectConsole } from "@gatewarden/dev/connect";

connectConsole(guard, { tenant: "${issuer.replace(/\/$/, "")}", name: "Orders" });`;
  return (
    <section class="card after" aria-label="How to connect an API">
      <h2>No decision yet</h2>
      <p class="soft">
        Call an API that is connected. <code>npm start</code> connects the example. To connect your own, add this; it
        does nothing in production:
      </p>
      <Code label="Code that connects an API" text={text} />
    </section>
  );
}
