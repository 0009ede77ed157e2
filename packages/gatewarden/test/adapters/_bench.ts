// What the questions of the conformance suite are asked with: a tenant, applications, and what a refusal must look like.
import { createTenant, type Tenant, type TokenRequest } from "@gatewarden/dev";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { catalogue, createGuard, type Guard, type GuardOptions, type Reason } from "../../src/index.js";
import type { Listening } from "../support/listen.js";
import { type Answer, type Call, call } from "../support/request.js";
import type { Adapter, Setting } from "./_application.js";

/** What questions are asked with. */
export interface Bench {
  readonly adapter: Adapter;
  readonly tenant: () => Tenant;
  readonly start: (
    options?: GuardOptions,
    setting?: Partial<Setting>,
  ) => Promise<(path: string, call?: Call) => Promise<Answer>>;
  readonly origin: () => string;
  readonly bearer: (request?: TokenRequest) => Promise<{ readonly authorization: string }>;
}

/** Starts a tenant, and ends what was started after each test. */
export function createBench(adapter: Adapter): Bench {
  let tenant: Tenant;
  let origin = "";
  const running: Listening[] = [];
  beforeAll(async () => {
    tenant = await createTenant({ port: 0 });
  });
  afterAll(() => tenant.close());
  afterEach(async () => {
    await Promise.all(running.splice(0).map((app) => app.close()));
  });
  return {
    adapter,
    tenant: () => tenant,
    start: async (options, setting) => {
      const guard = createGuard({ issuer: tenant.issuer, audience: tenant.audience, ...options }) as Guard;
      const app = await adapter.start({ guard, reshape: false, ...setting });
      running.push(app);
      origin = app.origin;
      return (path, init) => call(`${app.origin}${path}`, init);
    },
    origin: () => origin,
    bearer: async (request = { as: "alice" }) => {
      const { access_token } = await tenant.token(request);
      return { authorization: `Bearer ${access_token}` };
    },
  };
}

/** The guard's own body of a refusal. */
export function toBody(reason: Reason): object {
  const { status, error, description } = catalogue[reason];
  const others: Readonly<Record<number, string>> = { 401: "unauthorized", 503: "temporarily_unavailable" };
  return { error: error ?? others[status] ?? "server_error", error_description: description, reason };
}

/** Status, challenge, body and caching of a refusal are those of the catalogue, to the letter. */
export function expectRefusal(bench: Bench, answer: Answer, reason: Reason, scopes?: string): void {
  const { status, error, description } = catalogue[reason];
  const parameters = [
    'Bearer realm="api"',
    ...(error ? [`error="${error}"`, `error_description="${description}"`] : []),
    ...(scopes ? [`scope="${scopes}"`] : []),
  ];
  expect(answer.status).toBe(status);
  expect(answer.challenge).toBe(status < 500 ? parameters.join(", ") : undefined);
  expect(answer.headers["content-type"]).toMatch(/^application\/json/);
  expect(answer.headers["cache-control"]).toBe("no-store");
  expect(answer.json).toEqual((bench.adapter.body ?? toBody)(reason));
}

/** Another letter in the middle of the signature. */
export function change({ authorization }: { readonly authorization: string }): { authorization: string } {
  const place = authorization.length - 20;
  const letter = authorization[place] === "A" ? "B" : "A";
  return { authorization: `${authorization.slice(0, place)}${letter}${authorization.slice(place + 1)}` };
}
