// One switch for each fault, and beside it what the API answers then.
import { useState } from "preact/hooks";
import type { ScreenProps } from "../app.js";
import { ask } from "../ask.js";
import { call, type FaultEntry, toMessage } from "../client.js";
import { useLoaded } from "../hooks.js";
import type { KnownApi } from "../known-api.js";
import { Loading, Problem, Screen, Status } from "../parts/basics.js";
import { CodeLink, CodeName, CodeText } from "../parts/code.js";
import { type Exchange, ExchangeView } from "../parts/exchange.js";
import { Switch, TextField } from "../parts/fields.js";
import { toMarked } from "../parts/text.js";

const kinds: readonly (readonly [kind: string, title: string, note: string])[] = [
  ["token", "Tokens", "While on, each token that is issued is wrong in this way."],
  ["keys", "Keys", "The tenant's keys change. An API that has them in its cache finds out with the next token."],
  ["provider", "Answers of the tenant", "Metadata and keys come late, wrong, or not at all. A cache may hide it."],
  ["event", "Log-outs and signals", "Logout tokens and security events are wrong."],
];
/** Open from the beginning: what most people try. */
const first = ["token", "keys"];

const lead = "Let the tenant go wrong in one way, and see beside it what your API answers then.";

export function FaultsScreen({ apis, reload, tenant }: ScreenProps) {
  const faults = useLoaded(() => call<{ faults: FaultEntry[] }>("GET", "/dev/faults"));
  const [busy, setBusy] = useState<string>();
  const [problem, setProblem] = useState<string>();
  const [answers, setAnswers] = useState<Readonly<Record<string, Exchange>>>({});
  const [wanted, setWanted] = useState("");
  const probe = toProbe(apis);
  const askFor = async (name: string, fault?: string) => {
    if (probe === undefined) return;
    const [persona] = tenant.personas;
    const who = `as ${persona?.name ?? "the tenant's machine"}`;
    const token = { ...(persona && { as: persona.id }), ...(fault && { fault }) };
    const exchange = await ask({ ...probe, who, token });
    setAnswers((old) => ({ ...old, [name]: exchange }));
  };
  const during = async (name: string, work: () => Promise<void>) => {
    setBusy(name);
    setProblem(undefined);
    try {
      await work();
    } catch (error) {
      setProblem(toMessage(error));
    }
    setBusy(undefined);
  };
  const turn = (name: string, isOn: boolean) =>
    during(name, async () => {
      await (isOn ? call("POST", "/dev/faults", name) : call("DELETE", `/dev/faults/${name}`));
      await Promise.all([faults.reload(), reload()]);
      // With its port closed, the tenant cannot be asked for a token either.
      if (name !== "port-closed") await askFor(name);
    });
  const all = faults.value?.faults ?? [];
  const single = all.filter(({ kind }) => kind === "token");
  const askAll = () =>
    during("all", async () => {
      for (const { name } of single) await askFor(name, name);
    });
  const groups = groupFaults(all, wanted);
  return (
    <Screen title="Faults" lead={lead}>
      {(problem ?? faults.problem) && <Problem>{problem ?? faults.problem}</Problem>}
      <div class="faulttools">
        <TextField label="Find a fault" value={wanted} placeholder="expired, jwks, logout…" onInput={setWanted} />
        {!probe && (
          <p class="soft">
            No protected route answers here, so a switch shows no answer. <a href="#/">Show an API</a> first.
          </p>
        )}
        {probe && (
          <div class="asking">
            <button type="button" class="quiet tall" disabled={busy !== undefined} onClick={askAll}>
              {busy === "all" ? "Sending…" : "Send one wrong token of each kind"}
            </button>
            <p class="soft">
              To <code>{`${probe.method} ${new URL(probe.url).pathname}`}</code>
              {tenant.personas[0] && `, as ${tenant.personas[0].name}`}. No switch changes.
            </p>
          </div>
        )}
      </div>
      {!faults.value && !faults.problem && <Loading lines={6} />}
      {faults.value && groups.length === 0 && <p class="hint soft">No fault has this in its name or description.</p>}
      {groups.map(({ entries, isOpen, note, title }) => (
        <details key={title} class="group" open={isOpen || wanted !== ""}>
          <summary>
            <h2>{title}</h2>
            <span class="soft">
              {entries.length} {entries.length === 1 ? "fault" : "faults"}
              {entries.some(({ on }) => on) && `, ${entries.filter(({ on }) => on).length} on`}
            </span>
          </summary>
          <p class="soft">{note}</p>
          <ul class="faults">
            {entries.map((fault) => (
              <FaultRow
                key={fault.name}
                fault={fault}
                answer={answers[fault.name]}
                isBusy={busy !== undefined}
                isAsking={busy === fault.name}
                onTurn={(isOn) => turn(fault.name, isOn)}
              />
            ))}
          </ul>
        </details>
      ))}
    </Screen>
  );
}

interface RowProps {
  readonly fault: FaultEntry;
  readonly answer: Exchange | undefined;
  readonly isBusy: boolean;
  readonly isAsking: boolean;
  readonly onTurn: (isOn: boolean) => void;
}

function FaultRow({ answer, fault, isAsking, isBusy, onTurn }: RowProps) {
  const [isShown, setShown] = useState(false);
  return (
    <li class={fault.on ? "on" : ""}>
      <div class="faultrow">
        <Switch label={<code>{fault.name}</code>} isOn={fault.on} isBusy={isBusy} onChange={onTurn} />
        <p>
          {toMarked(fault.description)} <CodeLink code={fault.name} kind="faults" />
        </p>
        <div class="outcome">
          {answer ? (
            <p role="status">
              <Status code={answer.answer.status} />
              {answer.reason?.code ? <CodeName code={answer.reason.code} /> : <span>accepted</span>}
              <button
                type="button"
                class="plain"
                aria-expanded={isShown}
                aria-label={`${isShown ? "Hide" : "Show"} the answer with ${fault.name}`}
                onClick={() => setShown(!isShown)}
              >
                {isShown ? "Hide" : "Show"}
              </button>
            </p>
          ) : (
            fault.reason && (
              <p class="soft">
                {isAsking ? "Asking…" : "expected:"} <CodeText code={fault.reason} />
              </p>
            )
          )}
        </div>
      </div>
      {answer && isShown && <ExchangeView exchange={answer} />}
    </li>
  );
}

function groupFaults(faults: readonly FaultEntry[], wanted: string) {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = ({ description, name, reason }: FaultEntry) => {
    const text = `${name} ${description} ${reason ?? ""}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
  return kinds
    .map(([kind, title, note]) => {
      const entries = faults.filter((fault) => fault.kind === kind && fits(fault));
      return { title, note, entries, isOpen: first.includes(kind) || entries.some(({ on }) => on) };
    })
    .filter(({ entries }) => entries.length > 0);
}

/** A protected route of the first API that has one, so that only the fault decides. */
function toProbe(apis: readonly KnownApi[]) {
  for (const { document, url } of apis) {
    const usable =
      document?.routes.filter(({ method, needs, path }) => needs && method === "GET" && !path.includes("{")) ?? [];
    const route = usable.find(({ needs }) => needs && needs.length > 0) ?? usable[0];
    if (route) return { method: route.method, url: url + route.path, needs: route.needs ?? [] };
  }
  return undefined;
}
