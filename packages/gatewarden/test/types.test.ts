// What the editor knows: the claims of the guard's schema reach handlers without a cast. Checked by `tsc`; at run time these only construct.
import { type } from "arktype";
import express from "express";
import { Hono } from "hono";
import Koa from "koa";
import * as v from "valibot";
import { describe, expect, expectTypeOf, test } from "vitest";
import { z } from "zod";
import { protect as protectExpress } from "../src/adapters/express.js";
import { protect as protectFetch } from "../src/adapters/fetch.js";
import { protect as protectHono } from "../src/adapters/hono.js";
import { protect as protectKoa } from "../src/adapters/koa.js";
import { protect as protectNode } from "../src/adapters/node.js";
import { type AccessTokenClaims, type Auth, ConfigError, createGuard, permission } from "../src/index.js";

const terms = { issuer: "https://acme.eu.auth0.com/", audience: "https://api.acme.com" };
const guard = createGuard({ ...terms, claims: z.object({ plan: z.enum(["free", "pro"]) }) });
interface Claims {
  plan: "free" | "pro";
}

describe("a guard's claims are those of its schema", () => {
  test("with zod", () => expectTypeOf(guard.verify).returns.resolves.toEqualTypeOf<Auth<Claims>>());

  test("with valibot", () => {
    const claims = v.object({ plan: v.picklist(["free", "pro"]) });
    expectTypeOf(createGuard({ ...terms, claims }).verify).returns.resolves.toEqualTypeOf<Auth<Claims>>();
  });

  test("with arktype", () => {
    const claims = type({ plan: "'free' | 'pro'" });
    expectTypeOf(createGuard({ ...terms, claims }).verify).returns.resolves.toEqualTypeOf<Auth<Claims>>();
  });

  test("without a schema, registered claims are typed and others unknown", () => {
    expectTypeOf(createGuard(terms).verify).returns.resolves.toEqualTypeOf<Auth<AccessTokenClaims>>();
    expectTypeOf<AccessTokenClaims["plan"]>().toBeUnknown();
  });
});

describe("handlers get them without a cast", () => {
  test("fetch", () => {
    protectFetch(guard, (_request, auth) => {
      expectTypeOf(auth).toEqualTypeOf<Auth<Claims>>();
      return new Response();
    });
    protectFetch(guard, permission("read:admin"), (_request, auth, env: { readonly region: string }) => {
      expectTypeOf(auth.claims.plan).toEqualTypeOf<"free" | "pro">();
      return new Response(env.region);
    });
  });

  test("node", () => {
    protectNode(guard, permission("read:admin"), (_request, _response, auth) => {
      expectTypeOf(auth).toEqualTypeOf<Auth<Claims>>();
    });
  });

  test("Hono", () => {
    new Hono().get("/", protectHono(guard), (c) => {
      expectTypeOf(c.var.auth).toEqualTypeOf<Auth<Claims>>();
      return c.text("");
    });
  });

  test("Koa", () => {
    new Koa().use(protectKoa(guard)).use((context) => {
      expectTypeOf(context.state.auth).toEqualTypeOf<Auth<Claims>>();
    });
  });
});

describe("optional makes auth possibly undefined", () => {
  test("in fetch handlers", () => {
    protectFetch(guard, { optional: true }, (_request, auth) => {
      expectTypeOf(auth).toEqualTypeOf<Auth<Claims> | undefined>();
      // @ts-expect-error: a request without a token has no subject; the editor must say so before production does.
      return new Response(auth.subject);
    });
  });

  test("in Hono handlers", () => {
    new Hono().get("/", protectHono(guard, { optional: true }), (c) => {
      expectTypeOf(c.var.auth).toEqualTypeOf<Auth<Claims> | undefined>();
      return c.text("");
    });
  });

  test("in Express handlers", () => {
    const app = express();
    app.get("/optional", protectExpress(guard, { optional: true }), (request) => {
      expectTypeOf(request.auth).toEqualTypeOf<Auth | undefined>();
      // @ts-expect-error: a request without a token has no subject.
      return request.auth.subject;
    });
    app.get("/options", protectExpress(guard, { optional: true, requirement: permission("a") }), (request) => {
      expectTypeOf(request.auth).toEqualTypeOf<Auth | undefined>();
    });
    app.get("/protected/:id", protectExpress(guard, permission("a")), (request) => {
      expectTypeOf(request.auth).toEqualTypeOf<Auth>();
    });
    app.get("/plain/:id", protectExpress(guard), express.json(), (request, response) => {
      expectTypeOf(request.auth).toEqualTypeOf<Auth>();
      expectTypeOf(request.params.id).toEqualTypeOf<string>();
      response.json({ any: response.locals["any"] });
    });
    const router = express.Router().use(protectExpress(guard, { optional: true }));
    app.use("/router", protectExpress(guard), router);
  });

  test("also where options are only possibly optional", () => {
    const options: { optional?: true } = { optional: true };
    protectFetch(guard, options, (_request, auth) => {
      expectTypeOf(auth).toEqualTypeOf<Auth<Claims> | undefined>();
      return new Response();
    });
  });
});

describe("mistakes that would open a route do not compile", () => {
  const wrong = {
    // @ts-expect-error: text is no requirement; `permission("read:admin")` is.
    text: () => protectHono(guard, "read:admin"),
    // @ts-expect-error: optional is true or absent: `false` would read as if it protected more.
    notOptional: () => protectHono(guard, { optional: false }),
    // @ts-expect-error: a need that may be undefined would silently become "any token".
    missing: () => protectHono(guard, undefined),
    // @ts-expect-error: a misspelt option protects nothing.
    misspelt: () => protectKoa(guard, { requirment: permission("read:admin") }),
  };

  test.each(Object.entries(wrong))("%s, and throws where nothing is compiled", (_name, protect) => {
    expect(protect).toThrow(ConfigError);
  });
});
