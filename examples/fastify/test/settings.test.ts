// The application's own settings: each value means the right thing, or fails by name.
import { ConfigError } from "gatewarden";
import { describe, expect, test } from "vitest";
import { readSettings } from "../src/settings.js";

test("has defaults for everything", () => {
  expect(readSettings({})).toEqual({
    host: "127.0.0.1",
    port: 3000,
    corsOrigins: [],
    docsClientId: "spa",
    resourceUrl: undefined,
    explain: undefined,
    tls: undefined,
    mtls: { source: "off" },
  });
});

test("reads every setting", () => {
  const env = {
    HOST: "0.0.0.0",
    PORT: " 8080 ",
    CORS_ORIGINS: "https://a.example, http://localhost:5173",
    DOCS_CLIENT_ID: "AbC",
    RESOURCE_URL: " https://api.example.com ",
    EXPLAIN: "development ",
    TLS_CERT_FILE: " cert.pem ",
    TLS_KEY_FILE: "key.pem",
    MTLS: "nginx",
    MTLS_PROXY: "127.0.0.1, 10.0.0.0/8,::1",
    MTLS_HEADER: "X-Client-Cert",
  };
  expect(readSettings(env)).toEqual({
    host: "0.0.0.0",
    port: 8080,
    corsOrigins: ["https://a.example", "http://localhost:5173"],
    docsClientId: "AbC",
    resourceUrl: "https://api.example.com",
    explain: "development",
    tls: { cert: "cert.pem", key: "key.pem" },
    mtls: { source: "nginx", proxies: ["127.0.0.1", "10.0.0.0/8", "::1"], header: "X-Client-Cert" },
  });
});

test.each(["abc", "-1", "65536", "3000x", "1e3", "0x10"])("refuses PORT=%s by name", (PORT) => {
  expect(() => readSettings({ PORT })).toThrow(ConfigError);
  expect(() => readSettings({ PORT })).toThrow(`PORT is "${PORT}"`);
});

test.each(["api.example.com", "/api", "ftp://api.example.com"])("refuses RESOURCE_URL=%s by name", (RESOURCE_URL) => {
  expect(() => readSettings({ RESOURCE_URL })).toThrow(`RESOURCE_URL is "${RESOURCE_URL}"`);
});

test.each(["1", "true", "production"])("refuses EXPLAIN=%s by name", (EXPLAIN) => {
  expect(() => readSettings({ EXPLAIN })).toThrow(`EXPLAIN is "${EXPLAIN}"`);
});

test.each(["*", "https://a.example/", "https://a.example/path", "a.example", "https://A.example", "null"])(
  "refuses %s in CORS_ORIGINS by name",
  (origin) => {
    expect(() => readSettings({ CORS_ORIGINS: `https://ok.example,${origin}` })).toThrow(
      `CORS_ORIGINS holds "${origin}"`,
    );
  },
);

describe("mutual TLS", () => {
  const files = { TLS_CERT_FILE: "cert.pem", TLS_KEY_FILE: "key.pem" };
  const nginx = { MTLS: "nginx", MTLS_PROXY: "127.0.0.1", MTLS_HEADER: "x-client-cert" };

  test.each(["", "off"])("is off with MTLS=%j", (MTLS) => {
    expect(readSettings({ ...files, MTLS }).mtls).toEqual({ source: "off" });
  });

  test("reads the connection's certificate where this API serves https", () => {
    expect(readSettings({ ...files, MTLS: "connection" }).mtls).toEqual({ source: "connection" });
  });

  test.each(["envoy", "rfc9440"])("MTLS=%s knows its header", (MTLS) => {
    const { mtls } = readSettings({ MTLS, MTLS_PROXY: "10.0.0.0/8" });
    expect(mtls).toEqual({ source: MTLS, proxies: ["10.0.0.0/8"], header: undefined });
  });

  test.each([
    ["an unknown source", { MTLS: "required" }, 'MTLS is "required"; it must be one of off, connection, nginx'],
    ["true", { MTLS: "true" }, 'MTLS is "true"'],
    ["the connection's, where it has none", { MTLS: "connection" }, 'MTLS is "connection", and no connection'],
    [
      "a certificate without its key",
      { TLS_CERT_FILE: "c.pem" },
      'TLS_KEY_FILE is not set, and TLS_CERT_FILE is "c.pem"',
    ],
    [
      "a key without its certificate",
      { TLS_KEY_FILE: "k.pem" },
      'TLS_CERT_FILE is not set, and TLS_KEY_FILE is "k.pem"',
    ],
    [
      "a header of anybody",
      { ...nginx, MTLS_PROXY: "" },
      "MTLS_PROXY is not set, and MTLS=nginx believes only proxies",
    ],
    ["a proxy's name", { ...nginx, MTLS_PROXY: "127.0.0.1,proxy" }, 'MTLS_PROXY holds "proxy"'],
    ["every proxy", { ...nginx, MTLS_PROXY: "*" }, 'MTLS_PROXY holds "*"'],
    ["a range too long", { ...nginx, MTLS_PROXY: "10.0.0.0/33" }, 'MTLS_PROXY holds "10.0.0.0/33"'],
    ["a list with a hole", { ...nginx, MTLS_PROXY: "127.0.0.1,," }, 'MTLS_PROXY holds ""'],
    ["nginx without a header", { ...nginx, MTLS_HEADER: "" }, "MTLS_HEADER is not set, and nginx has no usual name"],
    ["a header's value", { ...nginx, MTLS_HEADER: "$ssl_cert" }, 'MTLS_HEADER is "$ssl_cert"'],
    ["a proxy that nobody asks", { MTLS_PROXY: "127.0.0.1" }, 'MTLS_PROXY is "127.0.0.1", and MTLS=off asks no proxy'],
    ["a header that nobody reads", { MTLS_HEADER: "x-cert" }, 'MTLS_HEADER is "x-cert", and MTLS=off reads no header'],
  ])("%s fails by name, with an example", (_what, env: Readonly<Record<string, string>>, message) => {
    expect(() => readSettings(env)).toThrow(ConfigError);
    expect(() => readSettings(env)).toThrow(message);
    expect(() => readSettings(env)).toThrow(/ For example: \S+=/);
  });
});
