// What a newcomer has in the first hour: a tenant, an API that trusts it, and the command line in the same environment.
import { createTenant, type Tenant, type TokenRequest } from "@gatewarden/dev";
import fastify, { type FastifyInstance } from "fastify";
import { expect, onTestFinished } from "vitest";
import { gatewarden } from "../../src/adapters/fastify.js";
import { main } from "../../src/cli/main.js";
import { createGuard, type Finding, type GuardOptions, permission } from "../../src/index.js";

/** A Fastify API over a real socket, in development. */
export interface Api {
  readonly origin: string;
  readonly app: FastifyInstance;
  /** Log lines so far, parsed. */
  readonly lines: readonly Readonly<Record<string, unknown>>[];
  /** Status and body of a call. A text is the whole Authorization header. */
  call(path: string, authorization?: string): Promise<{ status: number; body: Record<string, unknown> }>;
}

/** Starts `/private` (a valid token) and `/admin` (`read:admin`). */
export async function startApi(options: GuardOptions): Promise<Api> {
  const lines: Record<string, unknown>[] = [];
  const guard = createGuard({ env: {}, explain: "development", ...options });
  const app = fastify({ logger: { stream: { write: (line: string) => lines.push(JSON.parse(line)) } } });
  await app.register(gatewarden, { guard });
  app.get("/private", { auth: true }, () => "in");
  app.get("/admin", { auth: permission("read:admin") }, () => "in");
  const origin = await app.listen({ port: 0, host: "127.0.0.1" });
  onTestFinished(() => app.close());
  // The texts of the answers are there, whatever becomes of the keys.
  await guard.ready().catch(() => undefined);
  const call: Api["call"] = async (path, authorization) => {
    const headers = authorization === undefined ? {} : { authorization };
    const response = await fetch(origin + path, { headers });
    const text = await response.text();
    return { status: response.status, body: text.startsWith("{") ? JSON.parse(text) : { text } };
  };
  return { origin, app, lines, call };
}

/** What the command line answers. */
export interface Explained {
  readonly code: number;
  readonly findings: readonly Finding<string>[];
  readonly error: string;
}

export type Environment = Readonly<Record<string, string>>;

/** The environment of an API that trusts the tenant. */
export function environmentOf({ issuer, audience }: Tenant): Environment {
  return { ISSUER_BASE_URL: issuer, AUDIENCE: audience };
}

/** `gatewarden explain --json …`, with the text on standard input. No output ever holds the last part of a token. */
export async function explain(text: string, env: Environment, args: readonly string[] = []): Promise<Explained> {
  const { out, ...rest } = await run(["explain", "--json", ...args, "-"], text, env);
  return { ...rest, findings: out === "" ? [] : JSON.parse(out) };
}

/** The same for people. */
export async function explainAsText(text: string, env: Environment, args: readonly string[] = []): Promise<string> {
  return (await run(["explain", ...args, "-"], text, env)).out;
}

async function run(args: readonly string[], text: string, env: Environment) {
  let out = "";
  let error = "";
  const code = await main(args, {
    env,
    input: async () => text,
    out: (part) => {
      out += part;
    },
    error: (part) => {
      error += part;
    },
  });
  const signature = /ey[\w-]+\.[\w-]+\.([\w-]{20,})/.exec(text)?.[1];
  if (signature !== undefined && (out + error).includes(signature)) throw new Error("The signature was printed");
  return { code, out, error };
}

/** Matches a text that holds the parts in this order. */
export function says(...parts: readonly string[]): unknown {
  const exact = parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return expect.stringMatching(new RegExp(exact.join(".*"), "s"));
}

/** A token of the tenant, of Alice where nobody is named. */
export async function tokenOf(tenant: Tenant, request: TokenRequest = { as: "alice" }): Promise<string> {
  return (await tenant.token(request)).access_token;
}

/** A tenant for one test. */
export async function startTenant(options: Parameters<typeof createTenant>[0] = {}): Promise<Tenant> {
  const tenant = await createTenant({ port: 0, ...options });
  onTestFinished(() => tenant.close());
  return tenant;
}

/** The options of an API that trusts the tenant. */
export function trust({ issuer, audience }: Tenant): { issuer: string; audience: string } {
  return { issuer, audience };
}
