// A gateway on free ports, before tokens of an issuer in process.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTestIssuer, type TestIssuer } from "gatewarden/testing";
import { onTestFinished } from "vitest";
import { type Gateway, type GatewayOptions, startGateway } from "../../src/gateway.js";

/** A started gateway, its issuer and what it logged. */
export interface StartedGateway {
  readonly gateway: Gateway;
  readonly issuer: TestIssuer;
  readonly rulesPath: string;
  readonly lines: string[];
  /** Writes other rules; does not reload. */
  readonly writeRules: (text: string) => void;
  readonly ask: (asked: Asked) => Promise<Answered>;
}

/** What a proxy of the kind of nginx, HAProxy or Apache sends. */
export interface Asked {
  readonly method?: string;
  readonly target?: string;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Instead of everything that the proxy would say. */
  readonly only?: Readonly<Record<string, string>>;
  readonly path?: string;
}

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** The rules are of YAML without proxy and addresses. The gateway ends with the test. */
export async function startTestGateway(rules: string, options: GatewayOptions = {}): Promise<StartedGateway> {
  const folder = mkdtempSync(join(tmpdir(), "gateway-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const rulesPath = join(folder, "rules.yaml");
  const writeRules = (text: string) => writeFileSync(rulesPath, text);
  writeRules(rules);
  const issuer = await createTestIssuer();
  const lines: string[] = [];
  const gateway = await startGateway({
    rules: rulesPath,
    write: (line) => void lines.push(line),
    guardOptions: issuer.guardOptions,
    env: {},
    ...options,
    overrides: { proxy: "haproxy", listen: "127.0.0.1:0", admin: "127.0.0.1:0", ...options.overrides },
  });
  onTestFinished(() => gateway.close());
  return { gateway, issuer, rulesPath, lines, writeRules, ask: (asked) => ask(gateway.address, asked) };
}

/** One question over a connection of its own. */
export function ask(address: string, asked: Asked): Promise<Answered> {
  const { method = "GET", target = "/", token, headers = {}, only, path = "/authorize" } = asked;
  const said = only ?? {
    "x-original-method": method,
    "x-original-uri": target,
    "x-original-host": "api.example.com",
    "x-original-proto": "https",
    "x-original-address": "192.0.2.1",
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  return send(address, { method: "GET", path, headers: { ...said, ...headers } });
}

export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
}

/** Any request to a listener. */
export function send(address: string, { method, path, headers, body: sent }: Sent): Promise<Answered> {
  const { hostname, port } = new URL(address);
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { host: hostname, port, method, path, headers: headers as Record<string, string>, agent: false },
      (response) => {
        let body = "";
        response.setEncoding("utf8");
        response.on("data", (chunk) => {
          body += chunk;
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
      },
    );
    outgoing.on("error", reject);
    outgoing.end(sent);
  });
}
