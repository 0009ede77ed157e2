// Tokens that the local tenant binds to a key or a certificate of its client `machine`, got as a client gets them.
import { createTenant, type Tenant } from "@gatewarden/dev";
import { generateProof, type KeyPair } from "dpop";
import { createIdentity, type Identity, send } from "./certificates.js";

const client = { authorization: `Basic ${btoa("machine:machine-secret")}` };

function toForm({ audience }: Tenant): URLSearchParams {
  return new URLSearchParams({ grant_type: "client_credentials", audience });
}

/** A token of the machine; with keys, bound to them. */
export async function requestToken(tenant: Tenant, keys?: KeyPair): Promise<string> {
  const url = `${tenant.url}/oauth/token`;
  const proof = keys && { dpop: await generateProof(keys, url, "POST") };
  const response = await fetch(url, { method: "POST", headers: { ...client, ...proof }, body: toForm(tenant) });
  const { access_token } = (await response.json()) as { readonly access_token?: string };
  return access_token ?? "";
}

/** A tenant over TLS that binds tokens to the client's certificate. */
export interface TlsTenant {
  readonly tenant: Tenant;
  readonly server: Identity;
  readonly client: Identity;
  /** As the guard's option: trusts the tenant's certificate. */
  readonly fetch: typeof globalThis.fetch;
  /** A request for a token, with the client's certificate or another one. */
  requestToken(identity?: Identity): Promise<Response>;
}

/** Starts it, with a certificate for itself and one for its client. */
export async function createTlsTenant(): Promise<TlsTenant> {
  const [server, clientIdentity] = [createIdentity("server"), createIdentity("client")];
  const clients = { machine: { secret: "machine-secret", permissions: ["read:reports"], certificateBound: true } };
  const tenant = await createTenant({ port: 0, https: server, clients });
  return {
    tenant,
    server,
    client: clientIdentity,
    fetch: ((url: string) => send(url, { ca: server.cert })) as typeof globalThis.fetch,
    requestToken: (identity) =>
      send(`${tenant.url}/oauth/token`, {
        ca: server.cert,
        identity,
        method: "POST",
        headers: { ...client, "content-type": "application/x-www-form-urlencoded" },
        body: toForm(tenant).toString(),
      }),
  };
}
