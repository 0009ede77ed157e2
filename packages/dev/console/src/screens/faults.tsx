// One switch for each fault, and what the API answers then.
import { useState } from "preact/hooks";
import type { KnownApi, ScreenProps } from "../app.js";
import { ask } from "../ask.js";
import { call, type FaultEntry, toMessage } from "../client.js";
import { useLoaded } from "../hooks.js";
import { Chip, Problem, Screen, Status, Switch } from "../parts/basics.js";
import { type Exchange, ExchangeView, toMarked } from "../parts/exchange.js";

const kinds: readonly (readonly [kind: string, title: string, note: string])[] = [
  ["token", "Tokens", "Each token that is issued from now on is wrong in this way."],
  ["keys", "Keys", "The tenant's keys change. An API that has them in its cache finds out with the next token."],
  [
    "provider",
    "Answers of the tenant",
    "Metadata, keys and tokens come late, wrong, or not at all. A cache may hide it.",
  ],
  ["event", "Log-outs and signals", "Logout tokens and security events are wrong."],
];

export function FaultsScreen({ apis, reload, tenant }: ScreenProps) {
  const faults = useLoaded(() => call<{ faults: FaultEntry[] }>("GET", "/dev/faults"));
  const [busy, setBusy] = useState<string>();
  const [problem, setProblem] = useState<string>();
  const [exchange, setExchange] = useState<Exchange>();
  const [last, setLast] = useState<string>();
  const probe = toProbe(apis);
  const askApi = async () => {
    if (probe === undefined) return;
    try {
      const [persona] = tenant.personas;
      setExchange(await ask({ ...probe, who: `as ${persona?.name}`, token: { ...(persona && { as: persona.id }) } }));
    } catch (error) {
      setExchange(undefined);
      setProblem(toMessage(error));
    }
  };
  const turn = async (name: string, isOn: boolean) => {
    setBusy(name);
    setLast(name);
    setProblem(undefined);
    try {
      await (isOn ? call("POST", "/dev/faults", name) : call("DELETE", `/dev/faults/${name}`));
      await Promise.all([faults.reload(), reload()]);
      if (name !== "port-closed") await askApi();
    } catch (error) {
      setProblem(toMessage(error));
    }
    setBusy(undefined);
  };
  const all = faults.value?.faults ?? [];
  return (
    <Screen title="Faults" lead="Make the tenant go wrong in one way, and see what your API and its clients do then.">
      {problem && <Problem>{problem}</Problem>}
      <div class="probing">
        {probe && (
          <section class="card probe" aria-label="What the API answers">
            <div class="bar">
              <h2>What the API answers</h2>
              <code class="soft">
                {probe.method} {new URL(probe.url).pathname}
              </code>
              <span class="gap" />
              <button type="button" class="quiet" onClick={askApi}>
                Ask now
              </button>
            </div>
            {exchange ? (
              <ExchangeView exchange={exchange} />
            ) : (
              <p class="soft">Switch a fault on: the API is asked at once, with a new token.</p>
            )}
          </section>
        )}
        <div>
          {groupFaults(all).map(({ entries, note, title }) => (
            <section key={title} class="group" aria-label={title}>
              <h2>{title}</h2>
              <p class="soft">{note}</p>
              <ul class="faults">
                {entries.map((fault) => (
                  <li key={fault.name} class={fault.on ? "on" : ""}>
                    <Switch
                      label={<code>{fault.name}</code>}
                      isOn={fault.on}
                      isBusy={busy !== undefined}
                      onChange={(isOn) => turn(fault.name, isOn)}
                    />
                    <p>{toMarked(fault.description)}</p>
                    {last === fault.name && busy === undefined && exchange && (
                      <p class="verdict">
                        <Status code={exchange.answer.status} /> {exchange.reason?.code ?? "accepted"}, the API answers
                        now
                      </p>
                    )}
                    {fault.reason && (
                      <p>
                        <Chip>an API answers {fault.reason}</Chip>
                      </p>
                    )}
                  </li>
                ))}
              </ul>
            </section>
          ))}
        </div>
      </div>
    </Screen>
  );
}

function groupFaults(faults: readonly FaultEntry[]) {
  return kinds
    .map(([kind, title, note]) => ({ title, note, entries: faults.filter((fault) => fault.kind === kind) }))
    .filter(({ entries }) => entries.length > 0);
}

/** A route that any valid token may use, so that only the fault decides. */
function toProbe(apis: readonly KnownApi[]) {
  for (const { document, url } of apis) {
    const usable =
      document?.routes.filter(({ method, needs, path }) => needs && method === "GET" && !path.includes("{")) ?? [];
    const route = usable.find(({ needs }) => needs && needs.length > 0) ?? usable[0];
    if (route) return { method: route.method, url: url + route.path, needs: route.needs ?? [] };
  }
  return undefined;
}
