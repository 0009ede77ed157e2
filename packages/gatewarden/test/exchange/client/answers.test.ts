// A handler that lets `TokenRequestError` go on to its framework: the default error handler answers.
import type { AddressInfo } from "node:net";
import express from "express";
import fastify from "fastify";
import Koa from "koa";
import { afterAll, describe, expect, test } from "vitest";
import { TokenRequestError } from "../../../src/exchange/client/client.js";

const claims = '{"access_token":{}}';
const failures = {
  "/again": new TokenRequestError("server_unavailable", { retryAfter: 7 }),
  "/login": new TokenRequestError("interaction_required", { claims }),
  "/mistake": new TokenRequestError("invalid_scope", { description: "alice@acme.test" }),
};
type Path = keyof typeof failures;
const failureOf = (path: string) => failures[path as Path];

const closers: (() => unknown)[] = [];
afterAll(() => Promise.all(closers.map((close) => close())));

const frameworks: Readonly<Record<string, () => Promise<string>>> = {
  express: async () => {
    const app = express();
    // Express prints errors outside of tests, and pages with their stack outside of production.
    app.set("env", "test");
    app.get(Object.keys(failures), (request) => {
      throw failureOf(request.path);
    });
    const server = app.listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    closers.push(() => server.close());
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  },
  fastify: async () => {
    const app = fastify();
    for (const path of Object.keys(failures)) {
      app.get(path, async () => {
        throw failureOf(path);
      });
    }
    closers.push(() => app.close());
    return app.listen({ port: 0, host: "127.0.0.1" });
  },
  koa: async () => {
    const app = new Koa();
    app.silent = true;
    app.use(({ path }) => {
      throw failureOf(path);
    });
    const server = app.listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    closers.push(() => server.close());
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  },
};

describe.each(Object.entries(frameworks))("The error handler of %s", (_name, start) => {
  test("answers with the status and the headers of the error", async () => {
    const url = await start();
    const [again, login, mistake] = await Promise.all(Object.keys(failures).map((path) => fetch(url + path)));
    expect([again?.status, again?.headers.get("retry-after")]).toEqual([503, "7"]);
    expect(login?.status).toBe(401);
    expect(login?.headers.get("www-authenticate")).toBe(`Bearer error="insufficient_claims", claims="${btoa(claims)}"`);
    expect(mistake?.status).toBe(502);
    expect(await mistake?.text()).not.toContain("alice");
  });
});
