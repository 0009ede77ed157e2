// The keys: which signs, which verifies what until when; rotate and withdraw.
import { useState } from "preact/hooks";
import type { ScreenProps } from "../app.js";
import { call, toMessage } from "../client.js";
import { useLoaded } from "../hooks.js";
import { Chip, Loading, Problem, Screen } from "../parts/basics.js";
import { Select } from "../parts/fields.js";
import { type Key, KeyPicture, toMoment } from "../parts/key-picture.js";

const states = {
  signs: { tone: "accent", text: "signs access tokens" },
  verifies: { tone: "", text: "verifies older tokens" },
  withdrawn: { tone: "bad", text: "withdrawn" },
};

const lead = "Which key signs, and which key verifies which tokens until when.";

export function KeysScreen({ reload: reloadTenant, tenant }: ScreenProps) {
  const load = () => call<{ keys: Key[]; algorithms?: string[] }>("GET", "/dev/keys");
  const { problem: failure, reload, value } = useLoaded(load);
  const [problem, setProblem] = useState<string>();
  const [algorithm, setAlgorithm] = useState("");
  const [isBusy, setBusy] = useState(false);
  const change = async (method: string, path: string, body?: unknown) => {
    setBusy(true);
    try {
      await call(method, path, body);
      setProblem(undefined);
    } catch (error) {
      setProblem(toMessage(error));
    }
    // A rotation to another algorithm also changes that of the APIs.
    await Promise.all([reload(), reloadTenant()]);
    setBusy(false);
  };
  const rotate = (options: object) => change("POST", "/dev/keys", { ...options, ...(algorithm && { algorithm }) });
  const keys = value?.keys ?? [];
  const shown = problem ?? failure;
  return (
    <Screen title="Keys" lead={lead}>
      <section class="card rotation" aria-label="Rotation">
        <div class="rotating">
          <Select
            label="Algorithm of the next key"
            value={algorithm}
            options={[
              { value: "", label: `unchanged (${listAlgorithms(tenant)})` },
              ...(value?.algorithms ?? []).map((one) => ({ value: one, label: one })),
            ]}
            onChange={setAlgorithm}
          />
          <div class="buttons">
            <button type="button" class="action" disabled={isBusy} onClick={() => rotate({})}>
              Rotate
            </button>
            <button type="button" class="quiet tall" disabled={isBusy} onClick={() => rotate({ dropOld: true })}>
              Rotate and withdraw the old
            </button>
          </div>
        </div>
        <p class="soft">
          A rotation breaks nothing: the old key stays published. A withdrawal breaks each token that the old key
          signed.
        </p>
      </section>
      {shown && <Problem>{shown}</Problem>}
      {!value && !failure && <Loading />}
      {keys.length > 0 && <KeyPicture keys={keys} />}
      <ul class="keys" aria-label="Keys">
        {keys.map((key) => (
          <li key={key.kid} class="card">
            <div class="bar">
              <code>
                <strong>{key.kid}</strong>
              </code>
              <Chip>{key.alg}</Chip>
              <Chip tone={states[key.state].tone}>{toStateText(key, tenant)}</Chip>
              <span class="gap" />
              {key.state === "verifies" && (
                <button
                  type="button"
                  class="quiet"
                  aria-label={`Withdraw ${key.kid}`}
                  disabled={isBusy}
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

/** ID tokens and security events are always signed with RS256. */
function toStateText({ alg, state }: Key, { apis }: ScreenProps["tenant"]): string {
  const isForOthers = state === "signs" && !apis.some(({ signingAlgorithm }) => signingAlgorithm === alg);
  return isForOthers ? "signs ID tokens and security events" : states[state].text;
}

function listAlgorithms({ apis }: ScreenProps["tenant"]): string {
  return [...new Set(apis.map(({ signingAlgorithm }) => signingAlgorithm))].filter(Boolean).join(", ") || "RS256";
}

function describe({ state, tokens, until, withdrawn }: Key): string {
  const count = `${tokens} ${tokens === 1 ? "token" : "tokens"}`;
  if (state === "withdrawn") {
    const lost =
      until === null || tokens === 0
        ? "It had signed none."
        : `Its ${count} ${tokens === 1 ? "verifies" : "verify"} no longer. The last would have lived until ${toMoment(until)}.`;
    return `Withdrawn at ${toMoment(withdrawn ?? "")}. ${lost}`;
  }
  if (until === null) return "It has signed no token since the tenant started.";
  return `It has signed ${count} since the tenant started. The last expires at ${toMoment(until)}.`;
}
