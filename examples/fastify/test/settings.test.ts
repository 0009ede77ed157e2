// The application's own settings: each value means the right thing, or fails by name.
import { ConfigError } from "gatewarden";
import { expect, test } from "vitest";
import { readSettings } from "../src/settings.js";

test("has defaults for everything", () => {
  expect(readSettings({})).toEqual({
    host: "127.0.0.1",
    port: 3000,
    corsOrigins: [],
    docsClientId: "spa",
    resourceUrl: undefined,
    explain: undefined,
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
  };
  expect(readSettings(env)).toEqual({
    host: "0.0.0.0",
    port: 8080,
    corsOrigins: ["https://a.example", "http://localhost:5173"],
    docsClientId: "AbC",
    resourceUrl: "https://api.example.com",
    explain: "development",
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
