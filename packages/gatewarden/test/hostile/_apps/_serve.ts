// What the programs of adapters-survive.test.ts have in common: an issuer, two guards, and telling
// the test where they listen. None listens for `unhandledRejection` or `uncaughtException`: what
// escapes an adapter ends the program.
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo, Server } from "node:net";
import process from "node:process";
import { type Auth, createGuard, type Guard } from "../../../src/index.js";
import { createTestIssuer } from "../../../src/testing/test-issuer.js";

/** Where a program listens and what it takes, as it tells the test. */
export interface Hello {
  /** One whose guard mostly answers at once, and one whose guard mostly has to wait. */
  readonly ports: readonly number[];
  readonly good: string;
  /** Well formed, and signed by another. */
  readonly forged: string;
  /** Bound to a key (RFC 9449). */
  readonly bound: string;
  /** Really signed, with claims of odd types. */
  readonly odd: readonly string[];
}

const oddClaims = [
  { sub: { toString: 1 }, client_id: [], azp: null },
  { scope: { split: 1 }, permissions: "read:admin", roles: { 0: "a" } },
  { permissions: [{ toString: null }], org_id: { id: 1 }, org_name: [] },
  { act: { sub: "a", act: { sub: { toString: 1 } } }, gty: {} },
  { cnf: 1 },
  { cnf: { jkt: { toString: 1 } } },
  { exp: "soon" },
  { iat: {}, nbf: null },
  { aud: [{ toString: 1 }] },
  { iss: ["https://issuer.test/"] },
];

/** Starts an application over each of the two guards. */
export async function serve(start: (guard: Guard) => Promise<Server>): Promise<void> {
  const issuer = createTestIssuer();
  const usual = {
    ...issuer.guardOptions,
    env: {},
    dpop: { mode: "allowed", nonce: true },
    trustProxy: true,
    explain: "development",
    onDecision: (decision: object) => void JSON.stringify(decision),
  } as const;
  const later = {
    revocation: { isRevoked: async () => false },
    introspection: async () => ({ active: false }),
  } as const;
  const ports: number[] = [];
  for (const guard of [createGuard(usual), createGuard({ ...usual, ...later })]) {
    await guard.ready();
    ports.push(((await start(guard as Guard)).address() as AddressInfo).port);
  }
  const hello: Hello = {
    ports,
    good: issuer.token(),
    forged: createTestIssuer().token(),
    bound: issuer.dpopClient().token(),
    odd: oddClaims.map((claims) => issuer.token({ claims })),
  };
  process.on("disconnect", () => process.exit());
  // Asked after each attack: what an attack has left to do in this turn is done by then.
  process.on("message", () => setImmediate(() => process.send?.("pong")));
  process.send?.(hello);
}

/** Reads every fact, as a handler may. */
export function readFacts(auth: Auth<unknown> | undefined): string {
  const { subject, clientId, scopes, permissions, roles, organization, actor, isMachine, claims } = auth ?? {};
  return JSON.stringify({ subject, clientId, scopes, permissions, roles, organization, actor, isMachine, claims });
}

/**
 * Answers a request for `?hurried` while the guard still looks at it, as a time limit does: what
 * the adapter writes then comes too late.
 */
export function hurry(server: Server): Server {
  return server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    if (request.url?.endsWith("?hurried") && !response.headersSent) response.writeHead(503).end();
  });
}

/** Waits until a server listens on a free port of this machine. */
export async function listening(server: Server): Promise<Server> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}
