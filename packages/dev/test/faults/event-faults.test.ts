// Each fault of logout tokens and security events: wrong in that one way, as jose sees it, and right again after the reset.
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, type JWTVerifyOptions, jwtVerify } from "jose";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { type EventFaultName, faultCatalogue, type Tenant } from "../../src/index.js";
import { type Receiver, startReceiver } from "../support/receiver.js";
import { type Call, createCaller, getSignalToken } from "../support/signals.js";
import { startTenant } from "../support/tenants.js";

let tenant: Tenant;
let receiver: Receiver;
let call: Call;
let stream: string;
beforeAll(async () => {
  receiver = await startReceiver();
  const permissions = ["ssf.manage", "ssf.read"];
  const clients = {
    spa: { backchannelLogoutUri: receiver.url },
    signals: { secret: "signals-secret", permissions },
  };
  tenant = await startTenant({ clients });
  call = createCaller(tenant, await getSignalToken(tenant));
  stream = (await call("POST", "/ssf/stream", {})).body.stream_id;
});
afterEach(() => tenant.faults.clear());

/** The logout tokens that a log-out sends. */
async function sendLogout(): Promise<readonly string[]> {
  const before = receiver.requests.length;
  await tenant.token({ as: "alice" });
  await tenant.logOut("alice");
  await poll();
  return receiver.requests.slice(before).map(({ body }) => new URLSearchParams(body).get("logout_token") ?? "");
}

async function poll(): Promise<readonly string[]> {
  const { body } = await call("POST", `/ssf/poll/${stream}`, { returnImmediately: true });
  const sets: Record<string, string> = body.sets;
  await call("POST", `/ssf/poll/${stream}`, { maxEvents: 0, ack: Object.keys(sets) });
  return Object.values(sets);
}

/** The events that a signal sends, each acknowledged. */
async function sendSet(): Promise<readonly string[]> {
  await tenant.signal({ event: "session-revoked", as: "alice" });
  return [...(await poll()), ...(await poll())];
}

/** What a careful receiver checks, with jose and by hand. */
async function check(kind: "logout" | "set", token: string): Promise<string | undefined> {
  const keys = createRemoteJWKSet(new URL("/.well-known/jwks.json", tenant.issuer));
  const options: JWTVerifyOptions = {
    issuer: tenant.issuer,
    audience: kind === "logout" ? "spa" : "signals",
    typ: kind === "logout" ? "logout+jwt" : "secevent+jwt",
    algorithms: ["RS256"],
    requiredClaims: ["iat", "jti", "events", kind === "logout" ? "sub" : "sub_id"],
  };
  const result = await jwtVerify(token, keys, options).catch((error: { code: string; claim?: string }) => error);
  if (!("protectedHeader" in result)) return result.claim ?? result.code;
  const forbidden = kind === "logout" ? ["nonce"] : ["sub", "exp"];
  return forbidden.find((name) => name in result.payload);
}

/** What that receiver finds. */
const findings: Readonly<Record<EventFaultName, string | undefined>> = {
  "logout-wrong-audience": "aud",
  "logout-wrong-issuer": "iss",
  "logout-wrong-typ": "typ",
  "logout-without-events": "events",
  "logout-without-subject": "sub",
  "logout-with-nonce": "nonce",
  "logout-expired": "exp",
  "logout-unknown-key": "ERR_JWKS_NO_MATCHING_KEY",
  "logout-bad-signature": "ERR_JWS_SIGNATURE_VERIFICATION_FAILED",
  "logout-unsigned": "ERR_JOSE_ALG_NOT_ALLOWED",
  "logout-replayed": undefined,
  "set-wrong-audience": "aud",
  "set-wrong-issuer": "iss",
  "set-wrong-typ": "typ",
  "set-without-events": "events",
  "set-without-subject": "sub_id",
  "set-with-sub": "sub",
  "set-with-exp": "exp",
  "set-unknown-key": "ERR_JWKS_NO_MATCHING_KEY",
  "set-bad-signature": "ERR_JWS_SIGNATURE_VERIFICATION_FAILED",
  "set-unsigned": "ERR_JOSE_ALG_NOT_ALLOWED",
  "set-replayed": undefined,
};

const names = Object.keys(findings) as EventFaultName[];
const kindOf = (name: EventFaultName): "logout" | "set" => (name.startsWith("logout-") ? "logout" : "set");
const send = (kind: "logout" | "set"): Promise<readonly string[]> => (kind === "logout" ? sendLogout() : sendSet());

test("every fault of this kind is looked at here, and says what must be answered", () => {
  const records = Object.entries(faultCatalogue).filter(([, { kind }]) => kind === "event");
  expect(records.map(([name]) => name)).toEqual(names);
  for (const [name, { answer, reason }] of records) {
    expect([name, reason]).toEqual([name, null]);
    expect(answer).toMatch(/^400 invalid_|^the same as to the first$/);
  }
});

test.each(names)("%s", async (name) => {
  const kind = kindOf(name);
  await tenant.faults.set({ name, times: 1 });
  const tokens = await send(kind);
  expect(tokens).toHaveLength(name.endsWith("-replayed") ? 2 : 1);
  expect(new Set(tokens).size).toBe(1);
  expect(await check(kind, tokens[0] ?? "")).toBe(findings[name]);
  expect(tenant.faults.active).toEqual([]);
  const [sound = ""] = await send(kind);
  expect(await check(kind, sound)).toBeUndefined();
});

test.each(["logout", "set"] as const)("a wrong %s token is right in all other ways", async (kind) => {
  const [sound = ""] = await send(kind);
  await tenant.faults.set(`${kind}-wrong-audience`);
  const [wrong = ""] = await send(kind);
  const claims = (token: string): string[] => Object.keys(decodeJwt(token)).sort();
  expect(claims(wrong)).toEqual(claims(sound));
  expect(decodeProtectedHeader(wrong)).toEqual(decodeProtectedHeader(sound));
  expect(decodeJwt(wrong).aud).toBe("https://another-receiver.example");
});

test("two faults that decide different parts are both on; of one part, the second is refused", async () => {
  await tenant.faults.set("logout-with-nonce", "logout-wrong-audience", "set-wrong-audience");
  const [token = ""] = await sendLogout();
  expect(decodeJwt(token)).toMatchObject({ aud: "https://another-receiver.example", nonce: expect.any(String) });
  await tenant.faults.set("set-unsigned");
  await expect(tenant.faults.set("set-unknown-key")).rejects.toThrow(
    "cannot both be on: both decide the set signature",
  );
});

test.each(["logout", "set"] as const)("a wrong clock shows in a %s token too", async (kind) => {
  await tenant.faults.set({ name: "clock-skew", seconds: 3600 });
  const [token = ""] = await send(kind);
  const { iat = 0, exp } = decodeJwt(token);
  expect(iat - Date.now() / 1000).toBeGreaterThan(3000);
  expect(exp).toBe(kind === "logout" ? iat + 120 : undefined);
});

describe("The endpoints of signals fail on demand", () => {
  test.each(["/.well-known/ssf-configuration", "/ssf/stream"])("signals-500 at %s", async (path) => {
    await tenant.faults.set("signals-500");
    expect((await call("GET", path)).status).toBe(500);
    await tenant.faults.clear();
    expect((await call("GET", path)).status).toBe(200);
  });

  test("signals-closed at a poll; access tokens are not affected", async () => {
    await tenant.faults.set("signals-closed");
    await expect(call("POST", `/ssf/poll/${stream}`, {})).rejects.toThrow();
    expect((await tenant.token()).access_token).toBeTruthy();
  });
});
