// A whole request: the header, the proof, the query, and what an endpoint would ask. The first error is what the guard itself answers.
import { describe, expect, it } from "vitest";
import {
  AuthError,
  all,
  createMemoryReplayStore,
  type Finding,
  type Guard,
  type GuardRequest,
  permission,
  type Requirement,
  scope,
} from "../../src/index.js";
import { bearer, guardWith, token } from "../support/keys.js";
import {
  createSender,
  guardWith as dpopGuard,
  hashOf,
  issue,
  prove,
  proven,
  requestWith,
  time,
} from "../support/senders.js";

const codes = (findings: readonly Finding[]) => findings.map(({ code }) => code);

async function answerOf(guard: Guard<unknown>, request: GuardRequest, requirement?: Requirement): Promise<string> {
  const outcome = await guard.attempt(request, ...(requirement ? ([requirement] as const) : []));
  return outcome instanceof AuthError ? outcome.reason : "accepted";
}

const made = token();
const withHeaders = (headers: GuardRequest["headers"], url = "/"): GuardRequest => ({ method: "GET", url, headers });
const withHeader = (authorization: string): GuardRequest => withHeaders({ authorization });

describe("Explain agrees with the guard about the header", () => {
  const guard = guardWith();
  it.each([
    made,
    `Bearer ${made}`,
    `bearer  ${made}`,
    `Bearer Bearer ${made}`,
    `Bearer "${made}"`,
    `Bearer ${made},`,
    `Bearer ${made}, Bearer ${made}`,
    `Bearer ${made}\u00e9`,
    `Bearer ${made.slice(0, -6)}`,
    `Bearer ${encodeURIComponent(`"${made}"`)}`,
    `Bearer ey"${made}`,
    `DPoP ${made}`,
    `Token ${made}`,
    "Basic YWxpY2U6c2VjcmV0",
    "Bearer",
    "Bearer ",
    "Bearer $TOKEN",
    "Bearer undefined",
    "",
    " ",
    ",",
    '"',
  ])("%j", async (authorization) => {
    const request = withHeader(authorization);
    expect(codes(await guard.explain(request))[0]).toBe(await answerOf(guard, request));
  });

  it("and about several headers, and Headers objects", async () => {
    const requests = [
      withHeaders({ authorization: [`Bearer ${made}`, `Bearer ${made}`] }),
      withHeaders(new Headers({ authorization: `Bearer ${made}` })),
      withHeaders(new Headers()),
    ];
    for (const request of requests) {
      expect(codes(await guard.explain(request))[0]).toBe(await answerOf(guard, request));
    }
  });
});

describe("A request without a header that could be read", () => {
  const guard = guardWith();
  it.each([
    [
      "a header that a proxy renamed",
      { "x-forwarded-authorization": `Bearer ${made}` },
      "/",
      "`x-forwarded-authorization`",
    ],
    ["a misspelt header", { authentication: `Bearer ${made}` }, "/", "`authentication`"],
    ["a token in the query", {}, `/?access_token=${made}`, "in the query as `access_token`"],
    ["traces of a proxy", { via: "1.1 edge" }, "/", "a proxy (`via`)"],
    ["a cookie", { cookie: "session=1" }, "/", "only cookies"],
  ])("is told of %s", async (_name, headers, url, cause) => {
    const [finding] = await guard.explain(withHeaders(headers, url));
    expect(finding).toMatchObject({ code: "credentials_missing", message: expect.stringContaining(cause) });
  });

  it("has the token explained that stands elsewhere", async () => {
    const expired = token({ exp: 1 });
    expect(codes(await guard.explain(withHeaders({ "x-access-token": expired })))).toEqual([
      "credentials_missing",
      "expired",
    ]);
    expect(codes(await guard.explain(withHeaders({}, `/?token=${expired}`)))).toEqual([
      "credentials_missing",
      "expired",
      "token_in_query",
    ]);
  });

  it("is warned of a token in the query also where the header is right, and accepted all the same", async () => {
    const findings = await guard.explain(withHeaders({ authorization: `Bearer ${made}` }, `/?access_token=${made}#x`));
    expect(findings).toMatchObject([
      { code: "accepted", severity: "info" },
      { code: "token_in_query", severity: "warning" },
    ]);
  });
});

it("shows neither token nor signature, whatever is wrong with it", async () => {
  const guard = guardWith();
  const secret = token({ aud: "x", iss: "https://other.test/", exp: 1, note: made });
  const requests = [
    withHeader(secret),
    withHeader(`Bearer "${secret}"`),
    bearer(secret),
    withHeaders({}, `/?access_token=${secret}`),
  ];
  const text = JSON.stringify(await Promise.all([...requests, secret, `"${secret}"`].map((one) => guard.explain(one))));
  for (const part of [...secret.split("."), ...made.split(".")]) expect(text).not.toContain(part);
});

describe("What an endpoint asks", () => {
  const guard = guardWith();
  const granted = token({ permissions: ["read:reports"], scope: "openid" });

  it.each([
    permission("read:reports"),
    permission("read:admin"),
    scope("reports"),
    all(permission("read:admin"), scope("reports")),
    all(permission("read:reports"), scope("openid")),
  ])("begins with what the guard would answer to %j", async (requirement) => {
    const [first] = await guard.explain(bearer(granted), requirement);
    expect(first?.code).toBe(await answerOf(guard, bearer(granted), requirement));
    expect((await guard.explain(granted, requirement))[0]).toEqual(first);
  });

  it("names every part that is not met, beside what is wrong with the token", async () => {
    const findings = await guard.explain(token({ permissions: [], exp: 1 }), all(permission("a"), scope("b")));
    expect(new Set(codes(findings))).toEqual(new Set(["expired", "permission_missing", "scope_missing"]));
  });

  it.each([
    [{ scp: "reports" }, "in `scp`, not in `scope`", 'claimNames: { scope: "scp" }'],
    [{ scp: ["reports"] }, "in `scp`, not in `scope`", "scopeAsList: true"],
    [{ scope: ["reports"] }, "is a list", "scopeAsList: true"],
  ])("finds scopes in another form: %j", async (claims, cause, fix) => {
    const findings = await guard.explain(token(claims), scope("reports"));
    expect(findings[0]).toMatchObject({
      code: "scope_missing",
      message: expect.stringContaining(cause),
      fix: expect.stringContaining(fix),
    });
  });

  it("finds a permission that stands in the scope", async () => {
    const [finding] = await guard.explain(token({ scope: "openid read:admin" }), permission("read:admin"));
    expect(finding).toMatchObject({
      message: expect.stringContaining("scope `openid read:admin` and no `permissions`"),
      fix: expect.stringContaining("require `scope(…)`"),
    });
  });

  it("is refused by name when it is none", async () => {
    await expect(guard.explain(granted, { type: "permission", names: [] } as never)).rejects.toThrow("names nothing");
  });
});

describe("A bound token", () => {
  it("is refused as plain text, as the guard does where it comes without a request", async () => {
    const sender = await createSender();
    const bound = await issue({ cnf: { jkt: sender.jkt } });
    const guard = dpopGuard();
    expect(codes(await guard.explain(bound))).toEqual(["binding_unproven"]);
    await expect(guard.verify(bound)).rejects.toMatchObject({ reason: "binding_unproven" });
  });

  it("is accepted with its proof, which is not used up by asking", async () => {
    const sender = await createSender();
    const bound = await issue({ cnf: { jkt: sender.jkt } });
    const guard = dpopGuard({ dpop: { mode: "allowed", replay: createMemoryReplayStore({ now: () => time }) } });
    const request = proven(bound, prove(sender, bound));
    expect(codes(await guard.explain(request))).toEqual(["accepted"]);
    expect(codes(await guard.explain(request))).toEqual(["accepted"]);
    expect(await answerOf(guard, request)).toBe("accepted");
  });

  it("has everything named that is wrong with its proof, with what the guard says first", async () => {
    const [sender, other] = await Promise.all([createSender(), createSender()]);
    const bound = await issue({ cnf: { jkt: sender.jkt } });
    const guard = dpopGuard();
    const claims = { htm: "POST", htu: "http://api.example.com/orders", iat: time - 3600, ath: hashOf("x") };
    const request = proven(bound, prove(sender, bound, { claims, signer: other }));
    expect(codes(await guard.explain(request))).toEqual([
      "dpop_signature_invalid",
      "dpop_method_mismatch",
      "dpop_target_mismatch",
      "dpop_stale",
      "dpop_token_mismatch",
    ]);
    const findings = await guard.explain(request);
    expect(findings[2]?.message).toContain("only the scheme (http or https) differs");
  });

  it.each([
    ["no proof", undefined, {}],
    ["two proofs", ["a.b.c", "a.b.c"], {}],
    ["no proof at all", "x", {}],
    ["a path without a connection", "good", { connection: undefined }],
  ])("gets the guard's own reason with %s", async (_name, dpop, changes) => {
    const sender = await createSender();
    const bound = await issue({ cnf: { jkt: sender.jkt } });
    const guard = dpopGuard();
    const request = proven(bound, dpop === "good" ? prove(sender, bound) : dpop, changes as never);
    expect(codes(await guard.explain(request))[0]).toBe(await answerOf(guard, request));
  });

  it.each([
    ["as Bearer", (bound: string, proof: string) => requestWith({ authorization: `Bearer ${bound}`, dpop: proof })],
    ["with another key's proof", (bound: string, _proof: string, stolen: string) => proven(bound, stolen)],
  ])("gets the guard's own reason %s", async (_name, make) => {
    const [sender, other] = await Promise.all([createSender(), createSender()]);
    const bound = await issue({ cnf: { jkt: sender.jkt } });
    const guard = dpopGuard();
    const request = make(bound, prove(sender, bound), prove(other, bound));
    expect(codes(await guard.explain(request))[0]).toBe(await answerOf(guard, request));
  });

  it("gets the guard's own reason where it must be bound and is not, and where it came as DPoP and is not", async () => {
    const plain = await issue({});
    const required = dpopGuard({ dpop: { mode: "required" } });
    const request = requestWith({ authorization: `Bearer ${plain}` });
    expect(codes(await required.explain(request))[0]).toBe(await answerOf(required, request));
    expect(codes(await dpopGuard().explain(proven(plain)))[0]).toBe(await answerOf(dpopGuard(), proven(plain)));
  });

  it("gets the guard's own reason over mutual TLS", async () => {
    const bound = await issue({ cnf: { "x5t#S256": hashOf("certificate") } });
    const guard = dpopGuard({ mtls: { mode: "allowed" } });
    const certificates = [undefined, Buffer.from("certificate"), Buffer.from("another")];
    for (const certificate of certificates) {
      const request = requestWith(
        { authorization: `Bearer ${bound}` },
        { connection: { isEncrypted: true, certificate } },
      );
      expect(codes(await guard.explain(request))[0]).toBe(await answerOf(guard, request));
    }
  });
});
