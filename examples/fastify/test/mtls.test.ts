// Tokens that are bound to a client certificate (RFC 8705), over real TLS: the local tenant issues them, the built example takes them where its
// environment says so, from its own connections or from a proxy in front.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTenant, type Tenant } from "@gatewarden/dev";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { createIdentity, type Identity, send } from "../../../packages/gatewarden/test/support/certificates.js";
import { builtMain, type Child, startNode, waitForAddress } from "./support/child.js";
import { isNginxMissing, nginxPath, startNginx, type TlsProxy } from "./support/nginx.js";

let folder: string;
let server: Identity;
let client: Identity;
let thief: Identity;
let tenant: Tenant;
let token: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gatewarden-mtls-"));
  [server, client, thief] = [createIdentity("server"), createIdentity("client"), createIdentity("thief")];
  await writeFile(join(folder, "cert.pem"), server.cert);
  await writeFile(join(folder, "key.pem"), server.key, { mode: 0o600 });
  await writeFile(join(folder, "other.pem"), thief.key, { mode: 0o600 });
  const clients = {
    machine: { secret: "machine-secret", certificateBound: true },
    plain: { secret: "plain-secret" },
  };
  tenant = await createTenant({ port: 0, https: server, clients });
  token = await requestToken();
});

afterAll(async () => {
  await tenant.close();
  await rm(folder, { recursive: true });
});

async function requestToken(): Promise<string> {
  const response = await send(`${tenant.url}/oauth/token`, {
    ca: server.cert,
    identity: client,
    method: "POST",
    headers: {
      authorization: `Basic ${btoa("machine:machine-secret")}`,
      "content-type": "application/x-www-form-urlencoded",
    },
    body: new URLSearchParams({ grant_type: "client_credentials", audience: tenant.audience }).toString(),
  });
  return ((await response.json()) as { access_token: string }).access_token;
}

type Environment = Readonly<Record<string, string>>;

/** Names the files of this test's folder. */
const https = { TLS_CERT_FILE: "cert.pem", TLS_KEY_FILE: "key.pem" };

function start(env: Environment): Child {
  const trust = { ISSUER_BASE_URL: tenant.issuer, AUDIENCE: tenant.audience, NODE_EXTRA_CA_CERTS: "cert.pem" };
  return startNode([builtMain], { cwd: folder, env: { ...trust, PORT: "0", ...env } });
}

async function startApi(env: Environment): Promise<{ url: string; close: () => Promise<unknown> }> {
  const child = start(env);
  const close = () => {
    child.process.kill("SIGTERM");
    return child.exit;
  };
  return { url: await waitForAddress(child), close };
}

interface Call {
  readonly identity?: Identity;
  readonly headers?: Environment;
  readonly token?: string;
}

async function call(url: string, { identity, headers, token: sent = token }: Call = {}) {
  const authorization = `Bearer ${sent}`;
  const request = { headers: { authorization, ...headers } };
  const target = `${url}/api/private`;
  const response = url.startsWith("https:")
    ? await send(target, { ...request, ca: server.cert, identity })
    : await fetch(target, request);
  const { code } = (await response.json()) as { code?: string };
  return code === undefined ? response.status : `${response.status} ${code}`;
}

const escaped = ({ cert }: Identity) => encodeURIComponent(cert);

describe("MTLS=connection, with TLS that ends at the API", () => {
  let api: Awaited<ReturnType<typeof startApi>>;

  beforeAll(async () => {
    api = await startApi({ ...https, MTLS: "connection" });
    expect(api.url).toMatch(/^https:/);
  });
  afterAll(() => api.close());

  test("a bound token is answered over a connection with its certificate", async () => {
    expect(await call(api.url, { identity: client })).toBe(200);
  });

  test("a stolen token is refused over a connection without a certificate, or with another", async () => {
    expect(await call(api.url)).toBe("401 certificate_missing");
    expect(await call(api.url, { identity: thief })).toBe("401 certificate_mismatch");
  });

  test("a certificate in a header counts for nothing", async () => {
    const headers = { "x-client-cert": escaped(client), "x-forwarded-client-cert": `Cert="${escaped(client)}"` };
    expect(await call(api.url, { headers })).toBe("401 certificate_missing");
    expect(await call(api.url, { identity: thief, headers })).toBe("401 certificate_mismatch");
  });

  test("a plain token is answered beside it, with a certificate or without", async () => {
    const { access_token } = await tenant.token({ client: "plain" });
    expect(await call(api.url, { token: access_token })).toBe(200);
    expect(await call(api.url, { token: access_token, identity: thief })).toBe(200);
  });
});

test("without MTLS a bound token is refused, also over a connection with its certificate", async () => {
  const api = await startApi(https);
  onTestFinished(async () => void (await api.close()));
  expect(await call(api.url, { identity: client })).toBe("401 binding_unproven");
});

describe("a proxy that ends TLS", () => {
  const headerOf = {
    nginx: ({ cert }: Identity) => ({ "x-client-cert": encodeURIComponent(cert) }),
    envoy: (identity: Identity) => ({ "x-forwarded-client-cert": `Subject="CN=client";Cert="${escaped(identity)}"` }),
    rfc9440: ({ der }: Identity) => ({ "client-cert": `:${Buffer.from(der).toString("base64")}:` }),
  };
  const usual = (MTLS: string) => ({ MTLS, ...(MTLS === "nginx" && { MTLS_HEADER: "X-Client-Cert" }) });

  test.each(["nginx", "envoy", "rfc9440"] as const)("MTLS=%s: the certificate comes in its header", async (format) => {
    const api = await startApi({ ...usual(format), MTLS_PROXY: "127.0.0.1" });
    onTestFinished(async () => void (await api.close()));
    const header = headerOf[format];
    expect(await call(api.url, { headers: header(client) })).toBe(200);
    expect(await call(api.url)).toBe("401 certificate_missing");
    expect(await call(api.url, { headers: header(thief) })).toBe("401 certificate_mismatch");
  });

  test("the header of anybody else is not believed", async () => {
    const api = await startApi({ ...usual("nginx"), MTLS_PROXY: "192.0.2.1, 10.0.0.0/8" });
    onTestFinished(async () => void (await api.close()));
    expect(await call(api.url, { headers: headerOf.nginx(client) })).toBe("401 certificate_missing");
  });
});

// On CI a proxy that is missing is a failure: a test that is skipped there proves nothing.
const isSkipped = isNginxMissing && process.env["CI"] !== "true";
const title = `nginx in front${isNginxMissing ? ` (there is none at ${nginxPath}; set NGINX_PATH)` : ""}`;

describe.skipIf(isSkipped)(title, () => {
  let api: Awaited<ReturnType<typeof startApi>>;
  let nginx: TlsProxy;

  beforeAll(async () => {
    api = await startApi({ MTLS: "nginx", MTLS_HEADER: "X-Client-Cert", MTLS_PROXY: "127.0.0.1" });
    nginx = await startNginx(api.url, server);
  });
  afterAll(async () => {
    await nginx?.close();
    await api?.close();
  });

  test("a bound token is answered with its certificate, and refused without it or with another", async () => {
    expect(await call(nginx.url, { identity: client })).toBe(200);
    expect(await call(nginx.url)).toBe("401 certificate_missing");
    expect(await call(nginx.url, { identity: thief })).toBe("401 certificate_mismatch");
  });

  test("a client's own header is replaced: neither beside no certificate nor beside another does it count", async () => {
    const headers = { "X-Client-Cert": escaped(client) };
    expect(await call(nginx.url, { headers })).toBe("401 certificate_missing");
    expect(await call(nginx.url, { identity: thief, headers })).toBe("401 certificate_mismatch");
    expect(await call(nginx.url, { identity: client, headers: { "X-Client-Cert": escaped(thief) } })).toBe(200);
  });
});

describe("TLS files that are wrong end the start with one line", () => {
  test.each([
    [
      "one that is not there",
      { ...https, TLS_CERT_FILE: "none.pem" },
      'TLS_CERT_FILE is "none.pem", which cannot be read',
    ],
    [
      "a key as the certificate",
      { ...https, TLS_CERT_FILE: "key.pem" },
      'TLS_CERT_FILE is "key.pem", which holds no certificate',
    ],
    [
      "a certificate as the key",
      { ...https, TLS_KEY_FILE: "cert.pem" },
      'TLS_KEY_FILE is "cert.pem", which holds no private key',
    ],
    [
      "another's key",
      { ...https, TLS_KEY_FILE: "other.pem" },
      'TLS_KEY_FILE is "other.pem", which is not the key of cert.pem',
    ],
    ["one alone", { TLS_CERT_FILE: "cert.pem" }, 'TLS_KEY_FILE is not set, and TLS_CERT_FILE is "cert.pem"'],
    [
      "mutual TLS without any",
      { MTLS: "connection" },
      'MTLS is "connection", and no connection can have a certificate',
    ],
  ])("%s", async (_what, env, message) => {
    const child = start(env);
    expect(await child.exit).toBe(1);
    expect(child.stderr()).toMatch(/^[^\n]+ For example: [^\n]+\n$/);
    expect(child.stderr()).toContain(message);
  });
});
