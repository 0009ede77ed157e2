// WebSockets through real proxies. The gateway sees a handshake without its Upgrade, which ends at
// the proxy; the backend sees it whole, and no other upgrade.
import { connect } from "node:http2";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { toSkip } from "../../../../scripts/lib/programs.mjs";
import { get } from "./_case.js";
import { programOf, proxyNames } from "./_proxies.js";
import { sendBytes, toHeaderValues, toStatuses } from "./_raw.js";
import { type Scene, startScene } from "./_scene.js";

const app = "https://app.example.com";
const guard = `guard: { tokenFrom: { cookie: __Host-session, origins: ["${app}"] } }\n`;
const handshake = ["Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="];
const open = ["Connection: Upgrade", "Upgrade: websocket", ...handshake];
const settings = "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA";
const evil = "https://evil.example";

/** Each asks for a WebSocket, and for a tunnel that no rule decides on (CWE-444). */
const mixed: readonly (readonly [string, readonly string[]])[] = [
  ["h2c alone", ["Upgrade: h2c"]],
  ["h2c before websocket, in one line", ["Upgrade: h2c, websocket"]],
  ["websocket before h2c, in one line", ["Upgrade: websocket, h2c"]],
  ["h2c before websocket, in two lines", ["Upgrade: h2c", "Upgrade: websocket"]],
  ["websocket before h2c, in two lines", ["Upgrade: websocket", "Upgrade: h2c"]],
  ["h2c between two WebSockets", ["Upgrade: websocket", "Upgrade: h2c", "Upgrade: websocket"]],
  ["an empty line first", ["Upgrade:", "Upgrade: h2c", "Upgrade: websocket"]],
  ["a version of websocket", ["Upgrade: websocket/13", "Upgrade: h2c"]],
  ["another case", ["Upgrade: WEBSOCKET", "Upgrade: H2C"]],
];

describe.each(proxyNames)("%s", (name) => {
  const { isSkipped, note } = toSkip([programOf[name]]);

  describe.skipIf(isSkipped)(`in front of the gateway${note}`, () => {
    let scene: Scene;
    beforeAll(async () => {
      scene = await startScene(name, undefined, guard);
    });
    afterAll(() => scene?.close());
    beforeEach(() => scene.upstream.clear());

    const cookie = () => `Cookie: a=1; __Host-session=${scene.tokens.bob}`;
    const ask = async (...headers: readonly string[]) => {
      const answer = await sendBytes(scene.proxy.port, get("/private/socket", ...headers), { until: "\r\n\r\n" });
      return { answer, status: toStatuses(answer)[0] };
    };
    const upgrades = () =>
      scene.upstream.seen.map(({ headers }) =>
        headers.filter(([one]) => one.toLowerCase() === "upgrade").map(([, value]) => value.toLowerCase()),
      );

    test.each<[string, readonly string[]]>([
      ["another origin", [`Origin: ${evil}`, "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: websocket"]],
      ["another host of the site", ["Origin: https://other.example.com", "Sec-Fetch-Site: same-site"]],
      ["an opaque origin", ["Origin: null"]],
      ["no origin", []],
    ])("opens no WebSocket with a cookie for %s (CWE-1385)", async (_name, headers) => {
      expect((await ask(...open, cookie(), ...headers)).status).toBe(403);
      expect(scene.upstream.seen).toEqual([]);
    });

    test("opens a WebSocket with a cookie for a listed origin", async () => {
      const { answer, status } = await ask(...open, cookie(), `Origin: ${app}`, "Sec-Fetch-Site: cross-site");
      expect(status, scene.proxy.log()).toBe(101);
      expect(toHeaderValues(answer, "upgrade")).toEqual(["websocket"]);
      expect(upgrades()).toEqual([["websocket"]]);
    });

    test("opens a WebSocket with a bearer token, which no page of another origin has", async () => {
      const { status } = await ask(...open, `Authorization: Bearer ${scene.tokens.bob}`, `Origin: ${evil}`);
      expect(status, scene.proxy.log()).toBe(101);
    });

    test("lets another origin read by GET with a cookie", async () => {
      const { status } = await ask(cookie(), `Origin: ${evil}`, "Sec-Fetch-Site: cross-site");
      expect(status, scene.proxy.log()).toBe(200);
    });

    test.each(mixed)("passes no upgrade but one to a WebSocket: %s (CWE-444)", async (_name, lines) => {
      const bearer = `Authorization: Bearer ${scene.tokens.bob}`;
      await ask("Connection: Upgrade, HTTP2-Settings", ...lines, settings, ...handshake, bearer);
      expect(scene.upstream.seen).toHaveLength(1);
      expect(upgrades().filter((seen) => seen.length > 0 && seen.join() !== "websocket")).toEqual([]);
    });

    test("opens a WebSocket over HTTP/2 for a listed origin only (RFC 8441)", async () => {
      const to = (origin: string) => extendedConnect(scene, { origin, cookie: `__Host-session=${scene.tokens.bob}` });
      expect(await to(evil)).not.toBe(200);
      expect(scene.upstream.seen).toEqual([]);
      // Of these programs only HAProxy announces that it takes them.
      const status = await to(app);
      if (name === "haproxy") expect(status, scene.proxy.log()).toBe(200);
      if (status === 200) expect(upgrades()).toEqual([["websocket"]]);
    });
  });
});

/** The status, or 0 where the proxy does not take such requests. */
function extendedConnect({ proxy }: Scene, headers: Readonly<Record<string, string>>): Promise<number> {
  const session = connect(`https://127.0.0.1:${proxy.securePort}`, { ca: proxy.ca });
  return new Promise<number>((resolve) => {
    session.on("error", () => resolve(0));
    session.once("remoteSettings", ({ enableConnectProtocol }) => {
      if (enableConnectProtocol !== true) return resolve(0);
      const stream = session.request({
        ":method": "CONNECT",
        ":protocol": "websocket",
        ":scheme": "https",
        ":path": "/private/socket",
        ":authority": "api.example.com",
        "sec-websocket-version": "13",
        ...headers,
      });
      stream.on("response", (answer) => resolve(Number(answer[":status"])));
      stream.on("error", () => resolve(0));
      stream.on("close", () => resolve(0));
    });
  }).finally(() => session.destroy());
}
