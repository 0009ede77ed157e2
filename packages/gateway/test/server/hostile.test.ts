// Bytes that no proxy of ours would send: smuggling, floods of headers, slow senders, strangers.
import { describe, expect, test } from "vitest";
import { ask, startTestGateway } from "../support/gateway.js";
import { exchangeRaw, readStatuses } from "../support/raw-exchange.js";

const rules =
  "rules: [{ path: /public, public: true }, { path: /**, authenticated: true }]\nlimits: { headersTimeout: 1 }\n";
const said = (target: string) =>
  `Host: gateway\r\nX-Original-Method: GET\r\nX-Original-URI: ${target}\r\nX-Original-Host: api.example.com\r\nX-Original-Proto: https\r\nX-Original-Address: 192.0.2.1\r\n`;
const question = (target: string, more = "") => `GET /authorize HTTP/1.1\r\n${said(target)}${more}\r\n`;

describe("The listener", () => {
  test("answers several questions over one connection, in order", async () => {
    const { gateway } = await startTestGateway(rules);
    const answers = await exchangeRaw(
      gateway.address,
      question("/public") + question("/private") + question("/public", "Connection: close\r\n"),
    );
    expect(readStatuses(answers)).toEqual([200, 401, 200]);
  });

  test.each([
    [
      "Content-Length beside Transfer-Encoding (CWE-444)",
      "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n",
      "0\r\n\r\nG",
    ],
    ["two Content-Length", "Content-Length: 0\r\nContent-Length: 44\r\n", ""],
    ["a malformed Transfer-Encoding", "Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"],
    ["a body", "Content-Length: 5\r\n", "hello"],
    ["a chunked body", "Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\n\r\n"],
    ["a line end without a carriage return", "X-A: b\nX-C: d\r\n", ""],
    ["a folded header", "X-A: b\r\n c\r\n", ""],
    ["a blank before the colon", "X-A : b\r\n", ""],
    ["NUL in a header", "X-A: b\0c\r\n", ""],
  ])("refuses %s, and what follows on the connection is not a question", async (_name, headers, body) => {
    const { gateway } = await startTestGateway(rules);
    const answers = await exchangeRaw(gateway.address, question("/public", headers) + body + question("/public"));
    const [first, ...others] = readStatuses(answers);
    expect([400, 413]).toContain(first);
    expect(others).toEqual([]);
  });

  test("takes an empty body, which proxies announce", async () => {
    const { gateway } = await startTestGateway(rules);
    expect(
      readStatuses(
        await exchangeRaw(gateway.address, question("/public", "Content-Length: 0\r\nConnection: close\r\n")),
      ),
    ).toEqual([200]);
  });

  test.each([
    "X-Original-URI: /public",
    "x-original-uri: /public",
    "X-Original-Method: GET",
    "X-Original-Host: a.example",
  ])("refuses a second %s", async (line) => {
    const { gateway } = await startTestGateway(rules);
    const answers = await exchangeRaw(gateway.address, question("/private", `${line}\r\nConnection: close\r\n`));
    expect(readStatuses(answers)).toEqual([400]);
    expect(answers).toContain("proxy_header_repeated");
  });

  test("refuses two Authorization headers", async () => {
    const { gateway, issuer } = await startTestGateway(rules);
    const line = `Authorization: Bearer ${issuer.token()}\r\n`;
    const close = "Connection: close\r\n";
    expect(await exchangeRaw(gateway.address, question("/private", line + line + close))).toContain(
      "credentials_multiple",
    );
    expect(readStatuses(await exchangeRaw(gateway.address, question("/private", line + close)))).toEqual([200]);
  });

  // Node.js drops the headers after the two thousandth. Upstreams see them, so the gateway must too.
  test("sees a second header behind a flood of short ones (CWE-444)", async () => {
    const { gateway, issuer } = await startTestGateway(rules);
    const flood = "a:\r\n".repeat(2_100);
    const line = `Authorization: Bearer ${issuer.token()}\r\n`;
    const close = "Connection: close\r\n";
    expect(await exchangeRaw(gateway.address, question("/private", line + flood + line + close))).toContain(
      "credentials_multiple",
    );
    expect(readStatuses(await exchangeRaw(gateway.address, question("/private", flood + line + close)))).toEqual([200]);
  });

  test("refuses headers over its limit (431), and takes large ones below it", async () => {
    const { gateway } = await startTestGateway(rules);
    const large = (size: number) => question("/public", `X-Large: ${"a".repeat(size)}\r\nConnection: close\r\n`);
    expect(readStatuses(await exchangeRaw(gateway.address, large(17_000)))).toEqual([431]);
    expect(readStatuses(await exchangeRaw(gateway.address, large(12_000)))).toEqual([200]);
  });

  test("closes the connection of a sender that is too slow (CWE-400)", async () => {
    const { gateway } = await startTestGateway(rules);
    const answers = await exchangeRaw(gateway.address, "GET /authorize HTTP/1.1\r\nX-A: ");
    expect(readStatuses(answers)).toEqual([408]);
  });

  test("answers nothing to strangers", async () => {
    const { gateway } = await startTestGateway(`from: [192.0.2.0/24]\n${rules}`);
    expect(await exchangeRaw(gateway.address, question("/public"))).toBe("");
  });

  test("answers an address of a listed network", async () => {
    const { gateway } = await startTestGateway(`from: [127.0.0.0/8]\n${rules}`);
    expect((await ask(gateway.address, { target: "/public" })).status).toBe(200);
  });

  test.each(["/", "/authorize/", "/authorize?x", "/Authorize", "//authorize", "/ping", "/healthz"])(
    "is no way in at %s",
    async (path) => {
      const { gateway } = await startTestGateway(rules);
      expect((await ask(gateway.address, { target: "/public", path })).status).toBe(404);
    },
  );

  test("has no user agent that passes (GHSA-5hvv-m4w4-gf6v)", async () => {
    const { ask: askIt } = await startTestGateway(rules);
    for (const agent of ["GoogleHC/1.0", "kube-probe/1.30", "ELB-HealthChecker/2.0"])
      expect((await askIt({ target: "/private", headers: { "user-agent": agent } })).status).toBe(401);
  });
});

describe("The log", () => {
  test("has reason, rule and path, and neither token nor query", async () => {
    const { ask: askIt, issuer, lines } = await startTestGateway(rules);
    const token = issuer.token({ sub: "auth0|secret-subject" });
    await askIt({ target: "/private?code=secret-code", token });
    await askIt({ target: "/private?code=secret-code" });
    const decisions = lines.map((line) => JSON.parse(line)).filter(({ event }) => event === "decision");
    expect(decisions).toMatchObject([
      { outcome: "allowed", status: 200, method: "GET", path: "/private", rule: "1:42", address: "192.0.2.1" },
      { outcome: "refused", status: 401, reason: "credentials_missing" },
    ]);
    expect(lines.join("\n")).not.toMatch(/secret/);
    expect(lines.join("\n")).not.toContain(token);
  });
});
