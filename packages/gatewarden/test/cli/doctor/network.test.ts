// DNS and TCP. Names and addresses that cannot be had on one machine are injected; all sockets are real but the one that never answers.
import { Socket } from "node:net";
import { createTenant, type Tenant } from "@gatewarden/dev";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listen } from "../../support/listen.js";
import { examineIssuer, expectFinding } from "./_examine.js";

let tenant: Tenant;
beforeAll(async () => {
  tenant = await createTenant({ port: 0 });
});
afterAll(() => tenant.close());

const failing = (code: string) => ({
  lookup: () => Promise.reject(Object.assign(new Error("look-up"), { code })),
});
const resolving = (...addresses: string[]) => ({
  lookup: async () => addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
});
const issuer = "https://login.acme.test/";

describe("DNS", () => {
  test("that knows no such host is an error of the name", async () => {
    const seen = await examineIssuer("https://nobody.gatewarden.invalid/");
    expectFinding(seen, "dns_not_found", "nobody.gatewarden.invalid");
    expect(seen.codes).toEqual(["dns_not_found"]);
    expect(expectFinding(seen, "checks_skipped", "TCP, TLS", "again").message).toContain("discovery");
  });

  test("that knows no host without dots points to container networks", async () => {
    const seen = await examineIssuer("https://keycloak:8443/realms/acme", failing("ENOTFOUND"));
    expectFinding(seen, "dns_container_name", "keycloak");
    expect(seen.codes).toEqual(["dns_container_name"]);
  });

  test("that does not answer is told from one that says no", async () => {
    const seen = await examineIssuer(issuer, failing("EAI_AGAIN"));
    expect(expectFinding(seen, "dns_temporary", "login.acme.test").message).toContain("EAI_AGAIN");
    expect(seen.codes).toEqual(["dns_temporary"]);
  });

  test("that never answers is given up", async () => {
    const seen = await examineIssuer(issuer, { lookup: () => new Promise(() => {}), args: ["--timeout", "0.2"] });
    expect(expectFinding(seen, "dns_timeout", "login.acme.test").message).toContain("0.2 s");
  });

  test("that fails in another way is shown with its code", async () => {
    const seen = await examineIssuer(issuer, failing("ESERVFAIL"));
    expect(expectFinding(seen, "dns_failed", "login.acme.test").message).toContain("ESERVFAIL");
  });
});

describe("TCP", () => {
  test("that refuses on this machine suggests what is not running", async () => {
    const closed = await listen(() => {});
    await closed.close();
    const seen = await examineIssuer(`${closed.origin}/`);
    expectFinding(seen, "tcp_refused_loopback", new URL(closed.origin).port, "npx gatewarden dev");
    expect(seen.codes).toEqual(["tcp_refused_loopback"]);
  });

  test("that refuses elsewhere names address and port", async () => {
    const closed = await listen(() => {});
    await closed.close();
    const { port } = new URL(closed.origin);
    const seen = await examineIssuer(`https://login.acme.test:${port}/`, resolving("127.0.0.1"));
    expect(expectFinding(seen, "tcp_refused", port, "login.acme.test").message).toContain("127.0.0.1");
    expect(seen.codes).toEqual(["tcp_refused"]);
  });

  test("that never answers is told from one that refuses", async () => {
    const silent = { ...resolving("127.0.0.1"), connect: () => new Socket(), args: ["--timeout", "0.2"] };
    const seen = await examineIssuer(issuer, silent);
    expect(expectFinding(seen, "tcp_timeout", "127.0.0.1", "login.acme.test").message).toContain("0.2 s");
    expect(seen.codes).toEqual(["tcp_timeout"]);
  });

  test.each([
    ["ENETUNREACH", "tcp_unreachable"],
    ["EACCES", "tcp_failed"],
  ] as const)("that fails with %s is %s", async (code, finding) => {
    const connect = () => {
      const socket = new Socket();
      queueMicrotask(() => socket.destroy(Object.assign(new Error("connect"), { code })));
      return socket;
    };
    const seen = await examineIssuer(issuer, { ...resolving("127.0.0.1"), connect });
    expect(expectFinding(seen, finding, "127.0.0.1", "login.acme.test").message).toContain(code);
  });

  test("over IPv6 that fails while IPv4 works is a warning", async () => {
    const url = `http://idp.localhost:${tenant.port}/`;
    const seen = await examineIssuer(url, resolving("::1", "127.0.0.1"));
    expect(expectFinding(seen, "ipv6_fails", "idp.localhost").message).toContain("::1: ECONNREFUSED");
  });

  test("over IPv4 that fails while IPv6 works is a warning too", async () => {
    const connect = (_port: number, address: string) =>
      new Socket().connect(
        address === "::1" ? { port: tenant.port, host: "127.0.0.1" } : { port: 1, host: "127.0.0.1" },
      );
    const url = `http://idp.localhost:${tenant.port}/`;
    const seen = await examineIssuer(url, { ...resolving("127.0.0.2", "::1"), connect });
    expect(expectFinding(seen, "ipv4_fails", "idp.localhost").message).toContain("127.0.0.2: ECONNREFUSED");
  });

  test("to a host that has only IPv6 addresses says that this machine has none", async () => {
    const connect = () => {
      const socket = new Socket();
      queueMicrotask(() => socket.destroy(Object.assign(new Error("connect"), { code: "ENETUNREACH" })));
      return socket;
    };
    const seen = await examineIssuer(issuer, { ...resolving("2001:db8::1"), connect });
    expect(expectFinding(seen, "ipv6_only", "login.acme.test").message).toContain("2001:db8::1: ENETUNREACH");
    expect(seen.codes).toEqual(["ipv6_only"]);
  });
});
