// passport-jwt and its drop-in behind @nestjs/passport, on a real Nest application.
import jwksRsa from "jwks-rsa";
import original from "passport-jwt";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as dropIn from "../../../src/compat/passport/passport.js";
import { type IssuerServer, startIssuer } from "../../support/issuer-server.js";
import type { Listening } from "../../support/listen.js";
import { ask, began, byRsa, ec, named, plain, rsa, type Sent, stranger, unsigned } from "../_kit.js";
import type { Library } from "./_configurations.js";
import { startNest } from "./_nest.js";

let issuer: IssuerServer;
let applications: Record<"original" | "dropIn", Listening>;

beforeAll(async () => {
  issuer = await startIssuer();
  issuer.publish([
    { ...rsa.jwk, alg: "RS256" },
    { ...ec.jwk, alg: "ES256" },
  ]);
  issuer.on("/dead", (request) => request.socket.destroy());
  const keys = { jwksUri: `${issuer.origin}/jwks`, deadUri: `${issuer.origin}/dead` };
  const before = { ...original, passportJwtSecret: jwksRsa.passportJwtSecret } as unknown as Library;
  applications = {
    original: await startNest(before, keys, "original"),
    dropIn: await startNest(dropIn as Library, keys, "dropIn"),
  };
});

afterAll(async () => {
  for (const one of Object.values(applications)) await one.close();
  await issuer.close();
});

const tokens: Readonly<Record<string, Sent>> = {
  "a good token": { token: plain() },
  "no token": {},
  "another scheme": { headers: { authorization: "Basic dXNlcjpwYXNz" } },
  "an expired token": { token: plain({ exp: began - 1000 }) },
  "a token before its time": { token: plain({ nbf: began + 1000 }) },
  "a forged token": { token: `${plain().slice(0, -4)}AAAA` },
  "an unsigned token": { token: unsigned("none") },
  "a user who is banned": { token: plain({ role: "banned" }) },
  "a user who is gone": { token: plain({ role: "gone" }) },
};
const rows = ["own", "telling", "lenient", "request", "several"].flatMap((route) =>
  Object.entries(tokens).map(([what, sent]) => ({ name: `${route}: ${what}`, route, sent })),
);
const more: readonly { readonly name: string; readonly route: string; readonly sent: Sent }[] = [
  { name: "own: a database that is down", route: "own", sent: { token: plain({ role: "boom" }) } },
  { name: "jwks: a good token", route: "jwks", sent: { token: named({}, byRsa) } },
  { name: "jwks: another key", route: "jwks", sent: { token: named({}, { ...byRsa, key: stranger }) } },
  { name: "jwks: another audience", route: "jwks", sent: { token: named({ aud: "https://other.test" }, byRsa) } },
  { name: "jwks: an unknown kid", route: "jwks", sent: { token: named({}, { ...byRsa, header: { kid: "x" } }) } },
  { name: "several: the first strategy", route: "several", sent: { token: named({}, byRsa) } },
  { name: "outage: no token", route: "outage", sent: {} },
];

describe("A Nest application answers as before", () => {
  test.each([...rows, ...more])("$name", async ({ route, sent }) => {
    const before = await ask(applications.original.origin, route, { path: "", ...sent });
    expect(await ask(applications.dropIn.origin, route, { path: "", ...sent })).toEqual(before);
  });

  test("except that an outage of the issuer is a 503 and not a 401", async () => {
    const sent = { path: "", token: named({}, byRsa) };
    const before = await ask(applications.original.origin, "outage", sent);
    const after = await ask(applications.dropIn.origin, "outage", sent);
    expect([before.status, after.status]).toEqual([401, 503]);
    expect(after.body).toEqual({ statusCode: 503, message: "Access tokens cannot be checked at the moment" });
  });
});
