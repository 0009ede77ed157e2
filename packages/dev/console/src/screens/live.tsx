// The decisions of connected APIs, as they are made.
import { useState } from "preact/hooks";
import type { ScreenProps } from "../app.js";
import { type FeedEvent, numberOf, textOf, toClock, useFeed } from "../feed.js";
import type { KnownApi } from "../known-api.js";
import { Code, CopyButton, Screen, Status } from "../parts/basics.js";
import { CodeLink, CodeText } from "../parts/code.js";
import { Why } from "../parts/exchange.js";
import { Select } from "../parts/fields.js";

interface Filter {
  readonly outcome: string;
  readonly reason: string;
  readonly holder: string;
  readonly need: string;
}

const everything: Filter = { outcome: "", reason: "", holder: "", need: "" };
const lead = "Which requests were let in, which were refused, and why, as it happens. Never a token and never a claim.";
/** Stands for requests to routes that only need a valid token. */
const anyToken = "any valid token";

export function LiveScreen({ apis, tenant }: ScreenProps) {
  const { events, isOpen } = useFeed();
  const [filter, setFilter] = useState(everything);
  const decisions = events.filter(({ kind }) => kind === "decision");
  const names = Object.keys(everything) as (keyof Filter)[];
  const shown = decisions.filter((event) => names.every((name) => !filter[name] || pick(event, name) === filter[name]));
  const nameOf = (id: string) =>
    tenant.personas.find((one) => one.id === id)?.name ?? tenant.clients.find((one) => one.id === id)?.name ?? id;
  const choose = (name: keyof Filter, label: string, toLabel = (value: string) => value) => {
    const values = listValues(decisions, name);
    // A choice that scrolled out of the feed stays visible.
    const listed = filter[name] && !values.includes(filter[name]) ? [...values, filter[name]] : values;
    return (
      <Select
        key={name}
        label={label}
        value={filter[name]}
        options={[{ value: "", label: "all" }, ...listed.map((value) => ({ value, label: toLabel(value) }))]}
        onChange={(value) => setFilter({ ...filter, [name]: value })}
      />
    );
  };
  const isFiltered = names.some((name) => filter[name] !== "");
  // Why requests begin to fail: a fault was switched on between them.
  const changes = listChanges(events);
  const lines = isFiltered ? shown : events.filter((event) => event.kind === "decision" || changes.includes(event));
  return (
    <Screen title="Live" lead={lead}>
      {decisions.length > 0 && (
        <section class="card filter" aria-label="Filter">
          <div class="inputs">
            {choose("need", "Route", (need) => toRoutes(need, apis))}
            {choose("outcome", "Outcome")}
            {choose("reason", "Reason")}
            {choose("holder", "Persona", nameOf)}
          </div>
        </section>
      )}
      <p class="soft live">
        <span class={`dot ${isOpen ? "on" : ""}`} aria-hidden="true" />
        {isOpen ? "Connected to the tenant" : "The tenant does not answer. Is it still running? Trying again"}
        {decisions.length > 0 && ` · ${shown.length} of ${decisions.length} shown`}
        {isFiltered && (
          <button type="button" class="plain" onClick={() => setFilter(everything)}>
            Show all
          </button>
        )}
      </p>
      {decisions.length === 0 ? (
        <HowTo issuer={tenant.issuer} />
      ) : (
        <Decisions events={lines} nameOf={nameOf} apis={apis} />
      )}
    </Screen>
  );
}

/** A check without a requirement asks for a valid token and for nothing else. */
function pick(event: FeedEvent, name: keyof Filter): string {
  return textOf(event, name) || (name === "need" ? anyToken : "");
}

function listValues(events: readonly FeedEvent[], name: keyof Filter): readonly string[] {
  return [...new Set(events.map((event) => pick(event, name)))].filter(Boolean).sort();
}

/**
 * The routes of the documents that need this. A decision is about a requirement and does not carry
 * the address of the request, so routes that need the same share an entry.
 */
function findRoutes(need: string, apis: readonly KnownApi[]): readonly string[] {
  const wanted = toNames(need);
  const routes = apis.flatMap(({ document }) => document?.routes ?? []);
  const fitting = routes.filter(({ needs }) => needs !== undefined && needs.join(" ") === wanted);
  return fitting.map(({ method, path }) => `${method} ${path}`);
}

function toNames(need: string): string {
  return need === anyToken ? "" : need.replace(/^permission /, "");
}

/** For the filter: all of them. */
function toRoutes(need: string, apis: readonly KnownApi[]): string {
  const routes = findRoutes(need, apis);
  return routes.length === 0 ? need : `${routes.join(", ")} (${toNames(need) || anyToken})`;
}

/** For a line: the route if it can only be this one, else what it needs. */
function toShortRoute(need: string, apis: readonly KnownApi[]): string {
  const [only, ...others] = findRoutes(need, apis);
  return only === undefined || others.length > 0 ? need : only;
}

interface DecisionsProps {
  readonly events: readonly FeedEvent[];
  readonly apis: readonly KnownApi[];
  readonly nameOf: (id: string) => string;
}

function Decisions({ apis, events, nameOf }: DecisionsProps) {
  if (events.length === 0) return <p class="hint soft">No decision fits this filter.</p>;
  return (
    <ol class="feed" aria-label="Decisions and changes of faults, the newest first">
      {events.map((event) => (
        <li key={event.id}>
          {event.kind === "faults" ? (
            <FaultChange event={event} />
          ) : (
            <Decision event={event} apis={apis} nameOf={nameOf} />
          )}
        </li>
      ))}
    </ol>
  );
}

/** The events after which other faults are on than before, the newest first. */
function listChanges(events: readonly FeedEvent[]): readonly FeedEvent[] {
  const all = events.filter(({ kind }) => kind === "faults");
  return all.filter((event, index) => listFaults(event).join() !== listFaults(all[index + 1]).join());
}

function listFaults(event: FeedEvent | undefined): readonly string[] {
  return Array.isArray(event?.["on"]) ? (event["on"] as readonly string[]) : [];
}

function FaultChange({ event }: { readonly event: FeedEvent }) {
  const on = listFaults(event);
  return (
    <div class={`change ${on.length > 0 ? "on" : ""}`}>
      <time class="soft" dateTime={event.at}>
        {toClock(event.at)}
      </time>
      <span>
        {on.length === 0 ? "All faults of the tenant are off" : "The tenant has on: "}
        {on.map((name) => (
          <span key={name} class="named">
            <CodeText code={name} kind="faults" />
          </span>
        ))}
      </span>
    </div>
  );
}

function Decision({ apis, event, nameOf }: Omit<DecisionsProps, "events"> & { readonly event: FeedEvent }) {
  const [reason = "", holder = "", outcome = "", cause = ""] = ["reason", "holder", "outcome", "cause"].map((name) =>
    textOf(event, name),
  );
  const milliseconds = numberOf(event, "milliseconds");
  const line = (
    <>
      <time class="soft" dateTime={event.at}>
        {toClock(event.at)}
      </time>
      {outcome === "refused" ? <Status code={numberOf(event, "status") ?? 401} /> : <span class="status good">✓</span>}
      <strong>{reason || outcome}</strong>
      <span class="whose">{holder ? nameOf(holder) : <span class="soft">–</span>}</span>
      <span class="soft route-of">{toShortRoute(pick(event, "need"), apis)}</span>
      <span class="soft from">
        {textOf(event, "api")}
        {milliseconds !== undefined && ` · ${milliseconds} ms`}
      </span>
    </>
  );
  if (!cause) return <div class="line">{line}</div>;
  const why = { code: reason, cause, fix: textOf(event, "fix"), expected: undefined, actual: undefined };
  return (
    <details>
      <summary class="line">{line}</summary>
      <div class="because">
        <CodeLink code={reason} />
        <Why reason={why} />
      </div>
    </details>
  );
}

function HowTo({ issuer }: { readonly issuer: string }) {
  const text = `import { connectConsole } from "@gatewarden/dev/connect";

connectConsole(guard, { tenant: "${issuer.replace(/\/$/, "")}", name: "Orders" });`;
  return (
    <section class="card" aria-label="How to connect an API">
      <h2>No decision yet</h2>
      <p class="soft">
        Call an API that is connected: for instance on the screen <a href="#/">Try the API</a>. <code>npm start</code>{" "}
        connects the example. To connect your own, add this. It does nothing in production.
      </p>
      <Code label="Code that connects an API" text={text} />
      <div class="buttons">
        <CopyButton text={text} label="Copy the code" />
      </div>
    </section>
  );
}
