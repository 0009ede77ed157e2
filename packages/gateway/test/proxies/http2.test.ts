// HTTP/2 to the proxy, HTTP/1.1 to the backend: what only one of them can say must not confuse.
import { type ClientHttp2Session, connect, type OutgoingHttpHeaders } from "node:http2";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { toSkip } from "../../../../scripts/lib/programs.mjs";
import { findWrongs } from "./_oracle.js";
import { programOf, proxyNames } from "./_proxies.js";
import { type Scene, startScene } from "./_scene.js";

const token = { authorization: "Bearer {bob}" };

/** Name, source, headers; `:path` and `:authority` have defaults. Nothing may reach the upstream. */
const refused: readonly (readonly [string, string, OutgoingHttpHeaders])[] = [
  ["no token", "RFC 6750 §3", {}],
  ["a spoofed X-Forwarded-Uri", "GHSA-7x63-xv5r-3p2x", { "x-forwarded-uri": "/public/a" }],
  ["a spoofed X-Original-URI", "GHSA-7x63-xv5r-3p2x", { "x-original-uri": "/public/a" }],
  ["a health check's user agent", "GHSA-5hvv-m4w4-gf6v", { "user-agent": "GoogleHC/1.0" }],
  ["a dot segment", "RFC 3986 §5.2.4", { ":path": "/public/../private/data" }],
  ["an encoded dot segment", "CVE-2021-41773", { ":path": "/public/%2e%2e/private/data" }],
  ["a double slash", "CWE-41", { ":path": "//private/data" }],
  ["a fragment in :path", "GHSA-pxq7-h93f-9jrg", { ":path": "/private/data#/public/a" }],
  ["an absolute :path", "RFC 9113 §8.3.1", { ":path": "https://api.example.com/private/data" }],
  ["a :path without a slash", "RFC 9113 §8.3.1", { ":path": "private/data" }],
  ["a :path with a blank", "RFC 9113 §8.3.1", { ":path": "/private/data HTTP/1.1" }],
  ["two tokens", "RFC 6750 §3.1", { authorization: ["Bearer {bob}", "Bearer {alice}"] as never }],
  ["a lower-case method", "RFC 9110 §9.1", { ":method": "get" }],
  ["an admin path with bob's token", "CWE-862", { ":path": "/admin/users", ...token }],
];

/** What reaches the upstream must be authorized, in the name of the token's owner. */
const harmless: readonly (readonly [string, string, OutgoingHttpHeaders])[] = [
  ["a forged subject", "CWE-290", { ...token, "x-auth-subject": "mallory" }],
  ["a forged subject with underscores", "GHSA-f59h-q822-g45g", { ...token, x_auth_subject: "mallory" }],
  ["a Host that is not :authority", "RFC 9113 §8.3.1", { ...token, host: "mallory" }],
  ["an overridden method", "CWE-436", { ...token, "x-http-method-override": "mallory" }],
];

describe.each(proxyNames)("HTTP/2 to %s", (name) => {
  const { isSkipped, note } = toSkip([programOf[name]]);

  describe.skipIf(isSkipped)(`in front of the gateway${note}`, () => {
    let scene: Scene;
    let session: ClientHttp2Session;
    beforeAll(async () => {
      scene = await startScene(name);
      session = connectTo(scene);
    });
    afterAll(async () => {
      session?.destroy();
      await scene?.close();
    });
    beforeEach(() => {
      scene.upstream.clear();
      // A proxy may end the connection over a malformed request.
      if (session.closed || session.destroyed) session = connectTo(scene);
    });

    const ask = (headers: OutgoingHttpHeaders) => send(session, fill(headers, scene));
    const wrongs = () => scene.upstream.seen.flatMap((one) => findWrongs(one, scene.tokens));

    test.each(refused)("refuses %s (%s)", async (_, _source, headers) => {
      const status = await ask(headers);
      expect(scene.upstream.seen).toEqual([]);
      // 502 is a proxy without anyone to ask, which would refuse everything.
      expect(status, scene.proxy.log()).not.toBe(502);
    });

    test.each(harmless)("lets %s do no harm (%s)", async (_, _source, headers) => {
      await ask(headers);
      expect(wrongs()).toEqual([]);
    });

    test("passes a token, with cookies that came in crumbs (RFC 9113 §8.2.3)", async () => {
      const status = await ask({ ...token, cookie: ["a=1", "b=2"] as never });
      expect(status, scene.proxy.log()).toBe(200);
      expect(scene.upstream.seen.map(({ target }) => target)).toEqual(["/private/data"]);
      const cookies = scene.upstream.seen[0]?.headers.filter(([one]) => one.toLowerCase() === "cookie");
      expect(cookies?.map(([, value]) => value)).toEqual(["a=1; b=2"]);
      expect(wrongs()).toEqual([]);
    });

    test("passes a public path, and a query of any form", async () => {
      const status = await ask({ ":path": "/public/a?b=//..;/%2f" });
      expect(status, scene.proxy.log()).toBe(200);
      expect(scene.upstream.seen.map(({ target }) => target)).toEqual(["/public/a?b=//..;/%2f"]);
    });
  });
});

function connectTo({ proxy }: Scene): ClientHttp2Session {
  const session = connect(`https://127.0.0.1:${proxy.securePort}`, { ca: proxy.ca });
  session.on("error", () => undefined);
  return session;
}

function fill(headers: OutgoingHttpHeaders, { tokens }: Scene): OutgoingHttpHeaders {
  const text = JSON.stringify({ ":path": "/private/data", ":authority": "api.example.com", ...headers });
  return JSON.parse(text.replaceAll("{alice}", tokens.alice).replaceAll("{bob}", tokens.bob));
}

/** The status, or 0 where the stream or the connection was reset. */
function send(session: ClientHttp2Session, headers: OutgoingHttpHeaders): Promise<number> {
  return new Promise((resolve) => {
    let status = 0;
    let stream: ReturnType<ClientHttp2Session["request"]>;
    try {
      stream = session.request(headers);
    } catch {
      // Node.js does not send what no client may.
      resolve(0);
      return;
    }
    stream.on("response", (answer) => {
      status = Number(answer[":status"]);
    });
    stream.on("error", () => undefined);
    stream.on("close", () => resolve(status));
    stream.resume();
    stream.end();
  });
}
