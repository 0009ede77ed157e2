// `gatewarden gateway snippet`: a renamed header is removed in every spelling, and set.
import { describe, expect, test } from "vitest";
import { runCli } from "../support/cli.js";

const rules = (header: string) =>
  `identity: { headers: { subject: X-Own-User }, token: { audience: up, issuer: https://gateway.example, header: ${header} } }\nrules: []\n`;
const snippet = async (proxy: string, header = "X-Token") => {
  const { code, out } = await runCli(["snippet", proxy, "--rules", "{rules.yaml}"], { "rules.yaml": rules(header) });
  expect(code).toBe(0);
  return out;
};
const spoofed = ["x_own_user", "x_own-user", "x-own_user", "x.own.user", "x-own.user", "x.own_user", "x_token"];
const harmless = ["x-own-users", "x-token-id", "authorization", "x-owner", "x-request-id"];

describe("gateway snippet", () => {
  test("names the headers of the rules for nginx", async () => {
    expect((await snippet("nginx")).split("\n")).toEqual([
      "auth_request_set $gatewarden_x_own_user $upstream_http_x_own_user;",
      "auth_request_set $gatewarden_x_token $upstream_http_x_token;",
      "proxy_set_header x-own-user $gatewarden_x_own_user;",
      "proxy_set_header x-token $gatewarden_x_token;",
      "",
    ]);
  });

  test("removes every spelling, and no other header (HAProxy)", async () => {
    const lines = [...(await snippet("haproxy")).matchAll(/del-header (\S+) -m reg/g)].map(([, one = ""]) => one);
    const isRemoved = (name: string) => lines.some((line) => new RegExp(line).test(name));
    expect(["x-own-user", ...spoofed].filter((name) => !isRemoved(name))).toEqual([]);
    expect(harmless.filter(isRemoved)).toEqual([]);
  });

  test("removes every spelling, and no other header (Caddy)", async () => {
    const lines = [...(await snippet("caddy")).matchAll(/^request_header -(\S+)$/gm)].map(([, one = ""]) => one);
    const isRemoved = (name: string) =>
      lines.some((line) => (line.endsWith("*") ? name.startsWith(line.slice(0, -1)) : name === line));
    expect(["x-own-user", ...spoofed].filter((name) => !isRemoved(name))).toEqual([]);
    expect(harmless.filter(isRemoved)).toEqual([]);
  });

  test("refuses every other spelling, replaces the name itself, and touches no other (Apache)", async () => {
    const text = await snippet("apache");
    const lines = [...text.matchAll(/SetEnvIfNoCase "(\S+)" "\." gatewarden_spoofed/g)].map(([, one = ""]) => one);
    const isRefused = (name: string) => lines.some((line) => new RegExp(line, "i").test(name));
    expect(spoofed.filter((name) => !isRefused(name))).toEqual([]);
    expect(["x-own-user", "x-token", ...harmless].filter(isRefused)).toEqual([]);
    expect(text).toContain("RequestHeader unset x-own-user\n");
    expect(text).toContain('RequestHeader set x-own-user "%{X_OWN_USER}e" env=X_OWN_USER\n');
    expect(text).not.toContain("early");
  });

  test("replaces every spelling, and no other header (Traefik)", async () => {
    const pattern = /^authResponseHeadersRegex: \(\?i\)(\S+)$/m.exec(await snippet("traefik"))?.[1] ?? "";
    expect(["x-own-user", ...spoofed].filter((name) => !new RegExp(pattern).test(name))).toEqual([]);
    expect(harmless.filter((name) => new RegExp(pattern).test(name))).toEqual([]);
  });

  test.each(["caddy", "haproxy", "apache", "envoy"])(
    "replaces Authorization, but leaves the client's for the gateway to read (%s)",
    async (proxy) => {
      const text = await snippet(proxy, "Authorization");
      const [before = "", after = ""] = text.split(
        /^# (?:in forward_auth|gatewarden\.lua|in <Location "\/">|in author.*)$/m,
      );
      expect(before).not.toContain("authorization");
      expect(after).toContain("authorization");
    },
  );

  test.each(["nginx", "caddy", "traefik", "haproxy", "apache", "envoy", "envoy-grpc"])(
    "has lines for %s without rules",
    async (proxy) => {
      const { code, out } = await runCli(["snippet", proxy]);
      expect(out.toLowerCase()).toMatch(/x(-|\[\^a-z0-9\])auth(-|\[\^a-z0-9\])subject/);
      expect(code).toBe(0);
    },
  );
});
