// A token by form, and the request with it as curl, fetch and HTTPie.
import { useState } from "preact/hooks";
import type { ScreenProps } from "../app.js";
import { call, type FaultEntry, mintToken, type Tenant, type TokenRequest, toMessage } from "../client.js";
import { useLoaded } from "../hooks.js";
import { listPermissions } from "../openapi.js";
import { Code, CopyButton, Problem, Screen, Tabs } from "../parts/basics.js";
import { CodeLink } from "../parts/code.js";
import { Select, Switch, TextField } from "../parts/fields.js";
import { toggle } from "../parts/permissions.js";
import { toMarked } from "../parts/text.js";
import { TokenView } from "../parts/token-view.js";
import { type Language, languages, toSnippet, toTokenCommand } from "../snippets.js";
import { decodeToken, shorten } from "../token.js";

interface Draft {
  /** `persona alice`, or `client machine`. */
  readonly holder: string;
  readonly client: string;
  readonly audience: string;
  readonly isExact: boolean;
  readonly permissions: readonly string[];
  readonly fault: string;
  readonly lifetime: string;
}

/** Stands for a token without an API. */
const opaque = "(opaque)";

export function MintScreen({ apis, tenant }: ScreenProps) {
  const faults = useLoaded(() => call<{ faults: FaultEntry[] }>("GET", "/dev/faults"));
  const [draft, setDraft] = useState<Draft>(() => toDraft(tenant));
  const [result, setResult] = useState<{ token: string; request: TokenRequest }>();
  const [problem, setProblem] = useState<string>();
  const change = (part: Partial<Draft>) => setDraft({ ...draft, ...part });
  const api = tenant.apis.find(({ audience }) => audience === draft.audience);
  const offered = [...new Set([...(api?.permissions ?? []), ...apis.flatMap((one) => listPermissions(one.document))])];
  const submit = async (event: Event) => {
    event.preventDefault();
    const request = toRequest(draft);
    try {
      setResult({ token: (await mintToken(request)).access_token, request });
      setProblem(undefined);
    } catch (error) {
      setProblem(toMessage(error));
    }
  };
  const tokenFaults = faults.value?.faults.filter(({ kind }) => kind === "token") ?? [];
  const chosenFault = tokenFaults.find(({ name }) => name === draft.fault);
  return (
    <Screen
      title="Get a token"
      lead="A real token of this tenant, signed with its real key, for whom and for what you choose."
    >
      <div class="split">
        <form class="card" onSubmit={submit}>
          <Select
            label="Who"
            value={draft.holder}
            options={toHolders(tenant)}
            hint={toHolderHint(tenant, draft.holder)}
            onChange={(holder) => change({ holder })}
          />
          {draft.holder.startsWith("persona") && (
            <Select
              label="With the application"
              value={draft.client}
              options={toClients(tenant)}
              onChange={(client) => change({ client })}
            />
          )}
          <Select
            label="For the API"
            value={draft.audience}
            options={toAudiences(tenant)}
            hint={api?.audience ?? "No audience: the API cannot read it"}
            onChange={(audience) => change({ audience })}
          />
          {draft.audience !== opaque && offered.length > 0 && (
            <fieldset>
              <legend>Permissions</legend>
              <Switch label="Exactly these" isOn={draft.isExact} onChange={(isExact) => change({ isExact })} />
              <small>
                {draft.isExact ? "Also those that the holder lacks." : "Off: those that the holder has, as in a login."}
              </small>
              {draft.isExact && (
                <div class="checks">
                  {offered.map((name) => (
                    <label key={name}>
                      <input
                        type="checkbox"
                        checked={draft.permissions.includes(name)}
                        onChange={() => change({ permissions: toggle(draft.permissions, name) })}
                      />
                      <code>{name}</code>
                    </label>
                  ))}
                </div>
              )}
            </fieldset>
          )}
          <div class="inputs">
            <Select
              label="What is wrong with it"
              value={draft.fault}
              options={[
                { value: "", label: "nothing" },
                ...tokenFaults.map(({ name }) => ({ value: name, label: name })),
              ]}
              {...(chosenFault && { hint: <FaultHint fault={chosenFault} /> })}
              onChange={(fault) => change({ fault })}
            />
            <TextField
              label="Lifetime in seconds"
              isNumber
              value={draft.lifetime}
              placeholder={api ? String(api.tokenLifetime) : ""}
              onInput={(lifetime) => change({ lifetime })}
            />
          </div>
          <button type="submit" class="action">
            Get the token
          </button>
        </form>
        <div class="result">
          {problem && <Problem>{problem}</Problem>}
          {result ? (
            <Minted {...result} url={toUrl(apis)} issuer={tenant.issuer} />
          ) : (
            <p class="soft hint">The token appears here, taken apart, with commands to paste.</p>
          )}
        </div>
      </div>
    </Screen>
  );
}

function FaultHint({ fault: { description, name } }: { readonly fault: FaultEntry }) {
  return (
    <>
      {toMarked(description)} <CodeLink code={name} kind="faults" />
    </>
  );
}

function Minted({
  issuer,
  request,
  token,
  url,
}: {
  issuer: string;
  request: TokenRequest;
  token: string;
  url: string;
}) {
  const names = [...languages, "CLI"];
  const [chosen, choose] = useState<string>("curl");
  const sent = { url, method: "GET", headers: { authorization: `Bearer ${token}` } };
  const text = chosen === "CLI" ? toTokenCommand(request, issuer) : toSnippet(chosen as Language, sent);
  return (
    <section class="card" aria-label="The new token">
      <div class="bar">
        <h2>Token</h2>
        <span class="gap" />
        <CopyButton text={token} label="Copy the token" />
      </div>
      {decodeToken(token) === undefined && <Code label="Token" text={token} />}
      <Tabs label="Copy as" names={names} chosen={chosen} onChoose={choose}>
        <Code label={`As ${chosen}`} text={text.replace(token, shorten(token))} />
        <CopyButton text={text} label={`Copy ${chosen}`} />
      </Tabs>
      <TokenView token={token} />
    </section>
  );
}

function toDraft({ apis, clients, personas }: Tenant): Draft {
  const client = clients.find(({ grants }) => grants.includes("authorization_code"));
  const audience = apis[0]?.audience ?? opaque;
  const holder = `persona ${personas[0]?.id ?? ""}`;
  return { holder, client: client?.id ?? "", audience, isExact: false, permissions: [], fault: "", lifetime: "" };
}

function toRequest({ audience, client, fault, holder, isExact, lifetime, permissions }: Draft): TokenRequest {
  const [kind, id = ""] = holder.split(" ", 2);
  const isOpaque = audience === opaque;
  return {
    ...(kind === "persona" ? { as: id, ...(client && { client }) } : { client: id }),
    audience: isOpaque ? null : audience,
    ...(isExact && !isOpaque && { permissions }),
    ...(fault && !isOpaque && { fault }),
    ...(lifetime && { expiresIn: Number(lifetime) }),
  };
}

function toHolders({ clients, personas }: Tenant) {
  const machines = clients.filter(({ grants }) => grants.includes("client_credentials"));
  return [
    ...personas.map(({ id, name }) => ({ value: `persona ${id}`, label: name })),
    ...machines.map(({ id, name }) => ({ value: `client ${id}`, label: `${name} (for itself)` })),
  ];
}

function toHolderHint({ personas }: Tenant, holder: string): string {
  const persona = personas.find(({ id }) => `persona ${id}` === holder);
  if (persona === undefined) return "A machine, without a person";
  return persona.permissions.length === 0 ? "Has no permissions" : `Has ${persona.permissions.join(", ")}`;
}

function toClients({ clients }: Tenant) {
  const able = clients.filter(({ grants }) => grants.includes("authorization_code"));
  return able.map(({ id, name }) => ({ value: id, label: `${name} (${id})` }));
}

function toAudiences({ apis }: Tenant) {
  return [
    ...apis.map(({ audience, name }) => ({ value: audience, label: name })),
    { value: opaque, label: "none: an opaque token" },
  ];
}

/** The first protected route, so that the commands do something when they are pasted. */
function toUrl(apis: ScreenProps["apis"]): string {
  const [api] = apis;
  const route = api?.document?.routes.find(
    ({ method, needs, path }) => needs !== undefined && method === "GET" && !path.includes("{"),
  );
  return api === undefined ? "http://127.0.0.1:3000/api/private" : api.url + (route?.path ?? "/");
}
