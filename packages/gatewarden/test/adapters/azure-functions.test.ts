// Azure Functions v4 with gatewarden/fetch: the package's own request goes in, and the Response is what its HttpResponse is made of.
// Not run: the host of Azure Functions, which passes requests to this package.
import {
  type HttpHandler,
  HttpRequest,
  HttpResponse,
  type HttpResponseInit,
  InvocationContext,
} from "@azure/functions";
import { describe, expect, expectTypeOf, test } from "vitest";
import { createProtect, protect } from "../../src/adapters/fetch.js";
import { type Auth, permission } from "../../src/index.js";
import { guardWith, token } from "../support/keys.js";
import { createSender, issue, guardWith as proofGuardWith, prove } from "../support/senders.js";

const context = new InvocationContext({ functionName: "orders" });
const url = "https://api.azurewebsites.example/api/orders?page=2";

const handler: HttpHandler = protect(guardWith(), permission("read:admin"), async (request: HttpRequest, auth) => {
  expectTypeOf(auth).toEqualTypeOf<Auth<unknown>>();
  return Response.json({ user: auth.subject, body: await request.text(), page: request.query.get("page") });
});

/** What the package sends: it makes an HttpResponse of what a handler returns. */
async function call(headers: Record<string, string>, method = "GET", asked = handler) {
  const request = new HttpRequest({ url, method, headers, ...(method === "POST" && { body: { string: "much ado" } }) });
  const result = await asked(request, context);
  const response = new HttpResponse(result as HttpResponseInit);
  const text = await response.text();
  return { status: response.status, headers: response.headers, json: text === "" ? undefined : JSON.parse(text) };
}

describe("Azure Functions", () => {
  test("runs the handler with a valid token, and the body is there for it", async () => {
    const headers = { authorization: `Bearer ${token({ permissions: ["read:admin"] })}` };
    const { status, json } = await call(headers, "POST");
    expect([status, json]).toEqual([200, { user: "user|1", body: "much ado", page: "2" }]);
  });

  test.each([
    ["no token", {}, 401, "credentials_missing"],
    ["nonsense", { authorization: "Bearer a.b.c" }, 401, "token_malformed"],
    ["two tokens, joined", { authorization: "Bearer a, Bearer b" }, 400, "credentials_multiple"],
    ["a token without the permission", { authorization: `Bearer ${token()}` }, 403, "permission_missing"],
  ])("refuses %s with status, challenge and reason", async (_name, headers, status, reason) => {
    const answer = await call(headers as Record<string, string>);
    expect([answer.status, answer.json.reason]).toEqual([status, reason]);
    expect(answer.headers.get("www-authenticate")).toMatch(/^Bearer realm="api"/);
    expect(answer.headers.get("content-type")).toBe("application/json; charset=utf-8");
  });

  test("is refused and let in by `createProtect` as well", async () => {
    const protectOwn = createProtect(guardWith(), {
      onRefusal: (error, { status }) => Response.json({ problem: error.reason }, { status }),
    });
    const own: HttpHandler = protectOwn(permission("read:admin"), async (request: HttpRequest, auth) =>
      Response.json({ user: auth.subject, page: request.query.get("page") }),
    );
    expect(await call({}, "GET", own)).toMatchObject({ status: 401, json: { problem: "credentials_missing" } });
    const headers = { authorization: `Bearer ${token({ permissions: ["read:admin"] })}` };
    expect(await call(headers, "GET", own)).toMatchObject({ status: 200, json: { user: "user|1", page: "2" } });
    const any: HttpHandler = protectOwn((request: HttpRequest) => Response.json({ page: request.query.get("page") }));
    expect(await call(headers, "GET", any)).toMatchObject({ status: 200, json: { page: "2" } });
  });

  test("answers a preflight, whose answer has no body", async () => {
    const headers = { origin: "https://app.example", "access-control-request-method": "POST" };
    expect(await call(headers, "OPTIONS")).toMatchObject({ status: 204, json: undefined });
  });

  test("takes a DPoP proof for the URL of the request, and for no other", async () => {
    const sender = await createSender();
    const bound = await issue({ cnf: { jkt: sender.jkt } });
    const own = protect(proofGuardWith(), (_request: HttpRequest) => new Response("{}"));
    const send = (htu: string) =>
      call({ authorization: `DPoP ${bound}`, dpop: prove(sender, bound, { claims: { htu } }) }, "GET", own);
    expect((await send("https://api.azurewebsites.example/api/orders")).status).toBe(200);
    expect((await send("https://another.example/api/orders")).json.reason).toBe("dpop_target_mismatch");
  });
});
