// Tokens that come elsewhere than in Authorization: in a header of an identity-aware proxy, or in a cookie.
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import express from "express";
import fc from "fast-check";
import { Server as SocketServer } from "socket.io";
import { io as connectSocket } from "socket.io-client";
import { afterEach, describe, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { protect as protectExpress } from "../../src/adapters/express.js";
import { protect } from "../../src/adapters/socket.io.js";
import { protectUpgrade } from "../../src/adapters/ws.js";
import {
  AuthError,
  ConfigError,
  createGuard,
  type Guard,
  type GuardOptions,
  type GuardRequest,
  type RequestHeaders,
} from "../../src/index.js";
import { options, token, verdictOf } from "../support/keys.js";
import { listenWith } from "../support/listen.js";
import {
  guardWith as boundGuard,
  createSender,
  issue,
  prove,
  verdictOf as verdictOfBound,
} from "../support/senders.js";

const good = token();
const other = token({ sub: "other" });
const app = "https://app.example.com";
/** RFC 6455 §1.3. */
const key = "dGhlIHNhbXBsZSBub25jZQ==";
const guardWith = (changes: GuardOptions) => createGuard(options(changes));

interface Sent extends Partial<Omit<GuardRequest, "headers">> {
  readonly headers: Record<string, unknown> | Headers;
}

function toRequest({ headers, ...changes }: Sent): GuardRequest {
  return { method: "GET", url: "/", headers: headers as RequestHeaders, ...changes };
}

describe("A token in a header of a proxy", () => {
  // https://developers.cloudflare.com/cloudflare-one/identity/authorization-cookie/validating-json/
  const header = "Cf-Access-Jwt-Assertion";
  const trustProxy = { addresses: ["10.0.0.0/8"] };
  const guard = guardWith({ tokenFrom: { header }, trustProxy });
  const proxy = { isEncrypted: false, address: "10.1.2.3" };
  const check = (sent: Sent, by = guard) => verdictOf(by.check(toRequest({ connection: proxy, ...sent })));

  test.each<[string, Sent]>([
    ["as Cloudflare Access writes it", { headers: { "cf-access-jwt-assertion": good } }],
    ["in another case", { headers: { "CF-Access-JWT-Assertion": good } }],
    ["in a list of one", { headers: { "cf-access-jwt-assertion": [good] } }],
    ["in Headers", { headers: new Headers({ [header]: good }) }],
    // https://cloud.google.com/api-gateway/docs/authenticate-service-account: X-Forwarded-Authorization is the header as it was.
    ["with its scheme in front", { headers: { "cf-access-jwt-assertion": `Bearer ${good}` } }],
    ["and Authorization is empty", { headers: { "cf-access-jwt-assertion": good, authorization: "" } }],
    ["with an unsafe method, since no browser sends it by itself", { method: "POST", headers: { [header]: good } }],
  ])("gets in %s", async (_name, sent) => {
    expect(await check(sent)).toBe("accepted");
    expect(await check(sent)).toBe("accepted");
  });

  test("beside the usual header gets in by either", async () => {
    expect(await check({ headers: { authorization: `Bearer ${good}` } })).toBe("accepted");
    expect(await check({ headers: { authorization: `Bearer ${good}` }, connection: { isEncrypted: true } })).toBe(
      "accepted",
    );
  });

  test.each<[string, Sent]>([
    ["from another address", { headers: { [header]: good }, connection: { isEncrypted: false, address: "192.0.2.1" } }],
    ["from an unknown address", { headers: { [header]: good }, connection: { isEncrypted: true } }],
    ["inherited", { headers: Object.create({ [header]: good }) as Record<string, unknown> }],
    ["empty", { headers: { [header]: "" } }],
    ["in another header of the kind", { headers: { "x-goog-iap-jwt-assertion": good } }],
  ])("is none: %s", async (_name, sent) => {
    expect(await check(sent)).toBe("credentials_missing");
    const outcome = await guard.attempt(toRequest({ connection: proxy, ...sent }), { optional: true });
    expect(outcome).toBeUndefined();
  });

  test("is none without a connection, where addresses are listed", async () => {
    expect(await verdictOf(guard.check(toRequest({ headers: { [header]: good } })))).toBe("credentials_missing");
  });

  test.each<[string, Sent, string]>([
    ["beside a bearer token", { headers: { [header]: good, authorization: `Bearer ${good}` } }, "credentials_multiple"],
    ["beside another scheme", { headers: { [header]: good, authorization: "Basic dTpw" } }, "credentials_multiple"],
    ["twice", { headers: { [header]: [good, good] } }, "credentials_multiple"],
    ["in two spellings", { headers: { [header]: good, [header.toLowerCase()]: good } }, "credentials_multiple"],
    ["joined", { headers: { [header]: `${good}, ${other}` } }, "credentials_multiple"],
    ["as an object", { headers: { [header]: { toString: () => good } } }, "credentials_malformed"],
    ["as a list of numbers", { headers: { [header]: [1] } }, "credentials_malformed"],
    ["with a blank", { headers: { [header]: `${good} ` } }, "credentials_malformed"],
    ["with another scheme", { headers: { [header]: `DPoP ${good}` } }, "credentials_malformed"],
    ["forged", { headers: { [header]: `${good.slice(0, -4)}AAAA` } }, "signature_invalid"],
  ])("is refused: %s", async (_name, sent, reason) => {
    expect(await check(sent)).toBe(reason);
    expect(await check(sent, guardWith({ tokenFrom: { header }, trustProxy: true }))).toBe(reason);
  });

  test("beside Authorization from another address does not count, as a client may make it up", async () => {
    const headers = { [header]: "made up", authorization: `Bearer ${good}` };
    const connection = { isEncrypted: true, address: "192.0.2.1" };
    expect(await check({ headers, connection })).toBe("accepted");
  });
});

describe("A token in a cookie", () => {
  const tokenFrom = { cookie: "__Host-session", origins: [app] };
  const guard = guardWith({ tokenFrom });
  const check = (sent: Sent, by = guard) => verdictOf(by.check(toRequest(sent)));
  const cookie = `__Host-session=${good}`;

  test.each<[string, string]>([
    ["alone", cookie],
    ["among others", `theme=dark; ${cookie}; lang=en`],
    ["without the blanks", `theme=dark;${cookie};lang=en`],
    ["with tabs and blanks around", `theme=dark;\t ${cookie} ; lang=en`],
    ["beside names that look like it", `session=x; __host-session=y; __Host-session2=z; x__Host-session=w; ${cookie}`],
    ["beside a value that looks like it", `theme="__Host-session=no"; other=__Host-session=no; ${cookie}`],
    ["beside pairs that are none", `; =; novalue; =__Host-session; ${cookie};`],
  ])("gets in %s", async (_name, value) => {
    expect(await check({ headers: { cookie: value } })).toBe("accepted");
    expect(await check({ headers: new Headers({ cookie: value }) })).toBe("accepted");
    expect(await check({ headers: { Cookie: [value] } })).toBe("accepted");
  });

  test("in the second of two fields gets in, as HTTP/2 splits them (RFC 9113 §8.2.3)", async () => {
    expect(await check({ headers: { cookie: ["theme=dark", cookie] } })).toBe("accepted");
  });

  test("beside the usual header gets in by either", async () => {
    expect(await check({ method: "POST", headers: { authorization: `Bearer ${good}` } })).toBe("accepted");
    expect(await check({ headers: { authorization: `Bearer ${good}`, cookie: "theme=dark" } })).toBe("accepted");
  });

  test.each<[string, unknown]>([
    ["absent", "theme=dark"],
    ["empty", "__Host-session="],
    ["of another name", `session=${good}`],
    ["of its name in another case", `__host-Session=${good}`],
    ["not there at all", undefined],
  ])("is none where it is %s", async (_name, value) => {
    expect(await check({ headers: { cookie: value } })).toBe("credentials_missing");
    expect(await guard.attempt(toRequest({ headers: { cookie: value } }), { optional: true })).toBeUndefined();
  });

  test.each<[string, Record<string, unknown>, string]>([
    ["beside a bearer token", { cookie, authorization: `Bearer ${good}` }, "credentials_multiple"],
    ["beside another scheme", { cookie, authorization: "Basic dTpw" }, "credentials_multiple"],
    // Another host of the site can set one for a path of its own ("cookie tossing").
    ["twice", { cookie: `${cookie}; __Host-session=${other}` }, "credentials_multiple"],
    ["twice, with the same token", { cookie: `${cookie}; ${cookie}` }, "credentials_multiple"],
    ["twice, once empty", { cookie: `__Host-session=; ${cookie}` }, "credentials_multiple"],
    ["twice, in two fields", { cookie: [cookie, cookie] }, "credentials_multiple"],
    ["twice, in two spellings of the header", { cookie, Cookie: cookie }, "credentials_multiple"],
    ["twice, once with a blank behind its name", { cookie: `${cookie}; __Host-session =x` }, "credentials_multiple"],
    ["in quotes", { cookie: `__Host-session="${good}"` }, "credentials_malformed"],
    ["with a scheme", { cookie: `__Host-session=Bearer ${good}` }, "credentials_malformed"],
    ["encoded", { cookie: `__Host-session=${encodeURIComponent(`${good}=`)}` }, "credentials_malformed"],
    ["in a header that is not a string", { cookie: { toString: () => cookie } }, "credentials_malformed"],
    ["in a header without end", { cookie: `${"a=b; ".repeat(60_000)}${cookie}` }, "credentials_malformed"],
    ["forged", { cookie: `${cookie.slice(0, -4)}AAAA` }, "signature_invalid"],
  ])("is refused: %s", async (_name, headers, reason) => {
    expect(await check({ headers })).toBe(reason);
  });

  describe("with a method that changes something", () => {
    test.each<[string, string, Record<string, string>]>([
      ["POST from a listed origin", "POST", { origin: app }],
      ["DELETE from a listed origin of another site", "DELETE", { origin: app, "sec-fetch-site": "cross-site" }],
      ["PUT from the API's own origin", "PUT", { "sec-fetch-site": "same-origin" }],
    ])("gets in: %s", async (_name, method, headers) => {
      expect(await check({ method, headers: { ...headers, cookie } })).toBe("accepted");
    });

    test.each<[string, string, Record<string, unknown>]>([
      ["another origin", "POST", { origin: "https://evil.example" }],
      [
        "another origin that claims to be the same",
        "POST",
        { origin: "https://evil.example", "sec-fetch-site": "same-origin" },
      ],
      ["an origin that begins alike", "POST", { origin: `${app}.evil.example` }],
      ["an origin in capitals", "POST", { origin: app.toUpperCase() }],
      ["the origin with another scheme", "POST", { origin: "http://app.example.com" }],
      ["the origin with a slash", "POST", { origin: `${app}/` }],
      ["an opaque origin", "POST", { origin: "null" }],
      ["an empty origin", "POST", { origin: "" }],
      ["two origins", "POST", { origin: [app, app] }],
      ["two joined origins", "POST", { origin: `${app}, ${app}` }],
      ["an origin that is not a string", "POST", { origin: { toString: () => app } }],
      ["nothing that tells where it comes from", "POST", {}],
      ["another host of the same site", "POST", { "sec-fetch-site": "same-site" }],
      ["another site", "POST", { "sec-fetch-site": "cross-site" }],
      ["the address bar", "POST", { "sec-fetch-site": "none" }],
      ["nothing, by PUT", "PUT", {}],
      ["nothing, by PATCH", "PATCH", {}],
      ["nothing, by DELETE", "DELETE", {}],
      ["nothing, by a method in small letters", "get", {}],
      ["nothing, by a method of the API's own", "REPORT", {}],
      ["nothing, by CONNECT", "CONNECT", {}],
    ])("is refused: %s (CWE-352)", async (_name, method, headers) => {
      const request = toRequest({ method, headers: { ...headers, cookie } });
      expect(await verdictOf(guard.check(request))).toBe("origin_not_allowed");
      // A stranger is not made anonymous: the credentials are there.
      expect(await guard.attempt(request, { optional: true })).toMatchObject({
        reason: "origin_not_allowed",
        status: 403,
      });
    });

    test.each(["GET", "HEAD", "OPTIONS"])("is not asked for one of %s", async (method) => {
      expect(await check({ method, headers: { cookie, origin: "https://evil.example" } })).toBe("accepted");
    });

    test("is not asked of a bearer token, which no browser sends by itself", async () => {
      const headers = { authorization: `Bearer ${good}`, origin: "https://evil.example" };
      expect(await check({ method: "POST", headers })).toBe("accepted");
    });

    test("is asked again for a token that is known", async () => {
      expect(await check({ headers: { cookie } })).toBe("accepted");
      expect(await check({ method: "POST", headers: { cookie } })).toBe("origin_not_allowed");
      expect(await check({ method: "POST", headers: { cookie, origin: app } })).toBe("accepted");
    });

    test("is answered 403 with a challenge, and without the origin", async () => {
      const outcome = await guard.attempt(
        toRequest({ method: "POST", headers: { cookie, origin: "https://evil.example" } }),
      );
      const refusal = guard.refusal(outcome as never);
      expect(refusal).toMatchObject({ status: 403, body: { error: "access_denied", reason: "origin_not_allowed" } });
      expect(refusal.headers["www-authenticate"]).toEqual(['Bearer realm="api"']);
      expect(JSON.stringify(refusal)).not.toContain("evil");
    });
  });

  test.each<[string, Record<string, unknown>, Partial<GuardRequest>]>([
    ["a WebSocket", { upgrade: "websocket" }, {}],
    ["a WebSocket in capitals", { Upgrade: "WebSocket" }, {}],
    ["a WebSocket among others", { upgrade: "h2c, websocket" }, {}],
    ["a socket that its adapter names", {}, { overSocket: "opening" }],
    // RFC 6455 §4.1: browsers always send both. Behind `auth_request` of nginx, HAProxy and Apache
    // they are all that is left of a handshake, since Upgrade ends at the proxy (RFC 9110 §7.8).
    ["a handshake without its Upgrade", { "sec-websocket-key": key, "sec-websocket-version": "13" }, {}],
    ["the key of a handshake alone", { "Sec-WebSocket-Key": key }, {}],
    ["an empty key", { "sec-websocket-key": "" }, {}],
    ["two keys", { "sec-websocket-key": [key, key] }, {}],
    // RFC 8441 §5: over HTTP/2 the key is left out. Some proxies make a GET of the CONNECT.
    ["the version of a handshake alone", { "sec-websocket-version": "13" }, {}],
    ["an extended CONNECT (RFC 8441 §4)", { "sec-websocket-version": "13" }, { method: "CONNECT" }],
    ["an extended CONNECT of another protocol", {}, { method: "CONNECT" }],
  ])("opens a connection only for a listed origin: %s (CWE-1385)", async (_name, headers, changes) => {
    const ask = (more: object) => check({ headers: { cookie, ...headers, ...more }, ...changes });
    expect(await ask({ origin: "https://evil.example" })).toBe("origin_not_allowed");
    expect(await ask({})).toBe("origin_not_allowed");
    expect(await ask({ origin: app })).toBe("accepted");
    expect(await ask({ "sec-fetch-site": "same-origin" })).toBe("accepted");
  });

  test.each<[string, Record<string, unknown>]>([
    ["nothing else", {}],
    ["an answer's member of a handshake", { "sec-websocket-accept": "x" }],
    ["what else browsers say", { "sec-fetch-mode": "cors", "sec-fetch-site": "cross-site", "sec-gpc": "1" }],
    ["an upgrade to HTTP/2", { upgrade: "h2c" }],
    [
      "a handshake's headers that are not there",
      { "sec-websocket-key": undefined, "sec-websocket-version": undefined },
    ],
  ])("is read by a GET from another origin with %s", async (_name, headers) => {
    expect(await check({ headers: { cookie, origin: "https://evil.example", ...headers } })).toBe("accepted");
    const given = Object.entries(headers).filter(([, value]) => value !== undefined) as [string, string][];
    const sent = new Headers([["cookie", cookie], ["origin", "https://evil.example"], ...given]);
    expect(await check({ headers: sent })).toBe("accepted");
  });

  test("does not count beside a token that came over the connection which it opened", async () => {
    const headers = { cookie, authorization: `Bearer ${good}` };
    expect(await check({ headers, overSocket: "message" })).toBe("accepted");
    expect(await check({ headers: { cookie }, overSocket: "message" })).toBe("credentials_missing");
  });
});

describe("Whatever stands in the Cookie header", () => {
  const guard = guardWith({ tokenFrom: { cookie: "session", origins: [app] } });
  const part = fc.constantFrom(
    "session",
    good,
    other,
    "=",
    ";",
    "; ",
    " ",
    "\t",
    '"',
    ",",
    "Session",
    "x",
    "\u00a0",
    "%3D",
  );
  const text = fc.array(part, { maxLength: 14 }).map((parts) => parts.join(""));

  /** By another way: a pattern over the whole header, where the guard goes from pair to pair (RFC 6265bis §4.2.1). */
  const expectOf = (cookie: string): string => {
    const pairs = [...`;${cookie};`.matchAll(/(?<=;)[ \t]*session[ \t]*=([^;]*)(?=;)/g)];
    const values = pairs.map(([, value = ""]) => value.replace(/^[ \t]*/, "").replace(/[ \t]*$/, ""));
    if (values.length > 1) return "credentials_multiple";
    const [value = ""] = values;
    if (value === "") return "credentials_missing";
    return value === good || value === other ? "accepted" : "refused";
  };

  test("is decided as by another reader, and throws nothing else", () => {
    const check = (cookie: string) => {
      const outcome = guard.attempt(toRequest({ headers: { cookie } }));
      const reason = outcome instanceof AuthError ? outcome.reason : "accepted";
      const expected = expectOf(cookie);
      if (expected === "refused") expect(["accepted", "credentials_missing", "check_failed"]).not.toContain(reason);
      else expect(reason).toBe(expected);
    };
    fc.assert(fc.property(text, check), { numRuns: 5000 });
  });

  test("takes time in proportion to its length (CWE-1333)", async () => {
    const headers = { cookie: `session=x${" ".repeat(100_000)}x` };
    expect(await verdictOf(guard.check(toRequest({ headers })))).toBe("credentials_malformed");
  });
});

describe("A bound token", () => {
  test.each<[string, GuardOptions, Record<string, string>]>([
    ["in a cookie", { tokenFrom: { cookie: "session", origins: [app] } }, { cookie: "session=" }],
    ["in a proxy's header", { tokenFrom: { header: "x-token" }, trustProxy: true }, { "x-token": "" }],
  ])("cannot be proven %s, and is refused", async (_name, given, place) => {
    const sender = await createSender();
    const bound = await issue({ cnf: { jkt: sender.jkt } });
    const plain = await issue({});
    const guard = boundGuard({ dpop: { mode: "allowed" }, ...given });
    const ask = (one: string, more = {}) => {
      const headers = Object.fromEntries(Object.entries(place).map(([name, value]) => [name, value + one]));
      const request = { url: "/orders", connection: { isEncrypted: true } };
      return verdictOfBound(
        guard,
        toRequest({ ...request, headers: { host: "api.example.com", ...headers, ...more } }),
      );
    };
    expect(await ask(plain)).toBe("accepted");
    expect(await ask(bound)).toBe("binding_unproven");
    expect(await ask(bound, { dpop: prove(sender, bound) })).toBe("binding_unproven");
  });
});

describe("Over real connections", () => {
  const running: { close(): unknown }[] = [];
  afterEach(async () => {
    for (const one of running.splice(0)) await one.close();
  });
  // Sockets wait by the wall clock, so here the tokens do too.
  const now = () => Date.now() / 1000;
  const exp = Math.floor(now()) + 600;
  const guard = guardWith({ now, tokenFrom: { cookie: "session", origins: [app] } }) as Guard;
  const cookie = `session=${token({ iat: exp - 700, exp })}`;
  const later = token({ iat: exp - 690, exp });

  async function listenOn(server: Server): Promise<string> {
    const listening = await listenWith(server);
    running.push(listening);
    return listening.origin;
  }

  test("ws: opens for a listed origin, and goes on with a token of its own", async () => {
    const server = createServer();
    const sockets = new WebSocketServer({ noServer: true });
    const onConnection = () => undefined;
    server.on("upgrade", protectUpgrade(guard, { sockets, onConnection }));
    const url = (await listenOn(server)).replace("http", "ws");
    const evil = new WebSocket(url, { headers: { cookie, origin: "https://evil.example" } });
    const [, refused] = await once(evil, "unexpected-response");
    expect((refused as IncomingMessage).statusCode).toBe(403);
    const socket = new WebSocket(url, { headers: { cookie, origin: app } });
    await once(socket, "open");
    socket.send(JSON.stringify({ type: "authenticate", token: later }));
    const [answer] = await once(socket, "message");
    expect(JSON.parse(String(answer))).toEqual({ type: "authenticated", expires_at: exp });
    socket.close();
    await once(socket, "close");
  });

  test.each(["websocket", "polling"] as const)("Socket.IO: opens for a listed origin by %s", async (transport) => {
    const server = createServer();
    const io = new SocketServer(server, { cors: { origin: true, credentials: true } });
    running.push({ close: () => io.close() });
    io.use(protect(guard));
    const { origin: url } = await listenWith(server);
    const open = (origin: string) =>
      connectSocket(url, { transports: [transport], reconnection: false, extraHeaders: { cookie, origin } });
    const evil = open("https://evil.example");
    const [error] = await new Promise<[Error & { data?: unknown }]>((resolve) =>
      evil.once("connect_error", (one) => resolve([one as Error])),
    );
    expect(error.data).toMatchObject({ reason: "origin_not_allowed" });
    const socket = open(app);
    await new Promise<void>((resolve) => socket.once("connect", () => resolve()));
    expect(await socket.emitWithAck("authenticate", later)).toEqual({ expires_at: exp });
    socket.close();
    evil.close();
  });

  test("Express: a form of another site changes nothing, a page of the list does", async () => {
    const api = express();
    api.use(protectExpress(guard), (request, response) => void response.send(request.auth?.subject));
    const url = await listenOn(createServer(api));
    const post = (headers: Record<string, string>) => fetch(url, { method: "POST", headers });
    expect((await post({ cookie, origin: "https://evil.example" })).status).toBe(403);
    const answer = await post({ cookie, origin: app });
    expect([answer.status, await answer.text()]).toEqual([200, "user|1"]);
    expect((await post({ cookie, authorization: `Bearer ${later}` })).status).toBe(400);
  });

  test("Express: the header of a proxy counts from its address only", async () => {
    const header = "x-forwarded-access-token";
    const make = (addresses: readonly string[]) => {
      const one = guardWith({ now, tokenFrom: { header }, trustProxy: { addresses } });
      const api = express();
      api.use(protectExpress(one), (request, response) => void response.send(request.auth?.subject));
      return listenOn(createServer(api));
    };
    const init = { headers: { [header]: later } };
    expect((await fetch(await make(["127.0.0.1"]), init)).status).toBe(200);
    expect((await fetch(await make(["10.0.0.0/8"]), init)).status).toBe(401);
  });
});

describe("A guard without tokenFrom", () => {
  test.each([{ cookie: `session=${good}` }, { "cf-access-jwt-assertion": good }, { "x-forwarded-access-token": good }])(
    "reads Authorization alone: %j",
    async (headers) => {
      expect(await verdictOf(guardWith({ trustProxy: true }).check(toRequest({ headers })))).toBe(
        "credentials_missing",
      );
    },
  );
});

describe("The option tokenFrom", () => {
  const trustProxy = true;

  test.each<[string, unknown, string]>([
    ["text", "cookie", "tokenFrom"],
    ["null", null, "tokenFrom"],
    ["nothing", {}, "tokenFrom"],
    ["both", { header: "x-token", cookie: "session", origins: [app] }, "tokenFrom"],
    ["a misspelt member", { cookie: "session", origin: [app] }, "tokenFrom.origin"],
    ["a header that is none", { header: "x token" }, "tokenFrom.header"],
    ["a header that is not a string", { header: 1 }, "tokenFrom.header"],
    ["Authorization", { header: "Authorization" }, "tokenFrom.header"],
    ["the header of cookies", { header: "cookie" }, "tokenFrom.header"],
    // node:http keeps the first of several: the client's, in front of the one that a proxy appended.
    ["a header of which node:http keeps the first", { header: "Proxy-Authorization" }, "tokenFrom.header"],
    ["another one of these", { header: "from" }, "tokenFrom.header"],
    ["origins beside a header", { header: "x-token", origins: [app] }, "tokenFrom.origins"],
    ["a cookie without origins", { cookie: "session" }, "tokenFrom.origins"],
    ["a cookie with no origin", { cookie: "session", origins: [] }, "tokenFrom.origins"],
    ["origins that are no list", { cookie: "session", origins: app }, "tokenFrom.origins"],
    ["a pattern", { cookie: "session", origins: ["https://*.example.com"] }, "tokenFrom.origins"],
    ["an asterisk", { cookie: "session", origins: ["*"] }, "tokenFrom.origins"],
    ["null for an origin", { cookie: "session", origins: ["null"] }, "tokenFrom.origins"],
    ["a URL with a path", { cookie: "session", origins: [`${app}/`] }, "tokenFrom.origins"],
    ["an origin over http", { cookie: "session", origins: ["http://app.example.com"] }, "tokenFrom.origins"],
    ["an origin that is not a string", { cookie: "session", origins: [{ toString: () => app }] }, "tokenFrom.origins"],
    ["a cookie that is none", { cookie: "a b", origins: [app] }, "tokenFrom.cookie"],
    ["an empty cookie", { cookie: "", origins: [app] }, "tokenFrom.cookie"],
  ])("refuses %s, by name", (_name, tokenFrom, option) => {
    expect(() => guardWith({ tokenFrom, trustProxy } as GuardOptions)).toThrow(
      expect.objectContaining({ name: "ConfigError", option }),
    );
  });

  test("believes a header from no one where trustProxy is not set", () => {
    const make = () => guardWith({ tokenFrom: { header: "x-token" } });
    expect(make).toThrow(ConfigError);
    expect(make).toThrow(/tokenFrom.header requires trustProxy, which is not set/);
  });

  test("takes an origin of this machine over http, and several", () => {
    const origins = ["http://localhost:3000", app];
    expect(() => guardWith({ tokenFrom: { cookie: "session", origins } })).not.toThrow();
  });
});
