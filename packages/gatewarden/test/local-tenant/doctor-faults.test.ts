// Every fault that the local tenant knows, looked at with the commands: `doctor` names what fails, `explain` what is wrong with a token,
// and after the reset both are content again.
import { createTenant, type FaultName, faultCatalogue, type Tenant } from "@gatewarden/dev";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { DoctorCode, DoctorFinding } from "../../src/cli/doctor/catalogue/catalogue.js";
import { main } from "../../src/cli/main.js";

let tenant: Tenant;
beforeAll(async () => {
  tenant = await createTenant({ port: 0 });
});
afterEach(() => tenant.faults.clear());
afterAll(() => tenant.close());

/** Runs a command with `--json`, as an API is configured for the tenant. */
async function run(command: string, args: readonly string[] = [], input = "") {
  let out = "";
  const exitCode = await main([command, "--json", ...args], {
    out: (text) => {
      out += text;
    },
    error: () => {},
    input: async () => input,
    env: { ISSUER_BASE_URL: tenant.issuer, AUDIENCE: tenant.audience },
  });
  return { exitCode, document: JSON.parse(out) };
}

async function doctor(...args: string[]) {
  const { exitCode, document } = await run("doctor", args);
  const findings: readonly DoctorFinding[] = document.findings;
  return { exitCode, findings };
}

async function explain(token: string) {
  const { exitCode, document } = await run("explain", ["--permission", "read:admin", "-"], token);
  const findings: readonly { code: string; severity: string; fix: string }[] = document;
  return { exitCode, errors: findings.filter(({ severity }) => severity === "error") };
}

const issue = async () => (await tenant.token({ as: "alice" })).access_token;
const healthy = { exitCode: 0, findings: [] };
/** What comes first while a fault is on. */
const isOn = (name: FaultName) =>
  expect.objectContaining({ code: "tenant_fault_on", message: expect.stringContaining(`\`${name}\``) });
const names = Object.keys(faultCatalogue) as FaultName[];

/** What doctor says of a fault: its code, what the message says beside the place, and what cannot be looked at then. */
interface Sight {
  readonly code: DoctorCode;
  readonly place: "/.well-known/openid-configuration" | "/.well-known/jwks.json";
  readonly words: string;
  readonly skipped: string;
}

const metadata = { place: "/.well-known/openid-configuration", skipped: "issuer match, key set, keys" } as const;
const keys = { place: "/.well-known/jwks.json", skipped: "keys" } as const;
const broken = { code: "answer_server_error", words: "status 500" } as const;
const page = { code: "answer_html", words: "web page" } as const;
const cut = { code: "answer_failed", words: "the connection was cut (UND_ERR_SOCKET)" } as const;
const late = { code: "answer_timeout", words: "within 2 s" } as const;

const sights: Readonly<Partial<Record<FaultName, Sight>>> = {
  "provider-500": { ...metadata, ...broken },
  "provider-html": { ...metadata, ...page },
  "provider-closed": { ...metadata, ...cut },
  "provider-slow": { ...metadata, ...late },
  "discovery-500": { ...metadata, ...broken },
  "discovery-html": { ...metadata, ...page },
  "discovery-closed": { ...metadata, ...cut },
  "discovery-slow": { ...metadata, ...late },
  "jwks-500": { ...keys, ...broken },
  "jwks-html": { ...keys, ...page },
  "jwks-closed": { ...keys, ...cut },
  "jwks-slow": { ...keys, ...late },
};

describe("doctor", () => {
  test("finds nothing wrong with a healthy tenant", async () => {
    expect(await doctor()).toEqual(healthy);
  });

  test("is asked here about every fault that keeps an API from its keys", () => {
    const outages = names.filter((name) => faultCatalogue[name].reason === "keys_unavailable");
    expect([...Object.keys(sights), "port-closed"]).toEqual(outages);
  });

  test.each(Object.entries(sights) as [FaultName, Sight][])(
    "names what fails with %s",
    async (name, { code, place, words, skipped }) => {
      const isSlow = code === "answer_timeout";
      await tenant.faults.set({ name, ...(isSlow && { seconds: 60 }) });
      const { exitCode, findings } = await doctor(...(isSlow ? ["--timeout", "2"] : []));
      expect(exitCode).toBe(1);
      const url = new URL(place, tenant.issuer).href;
      expect(findings).toEqual([
        isOn(name),
        { code, severity: "error", message: expect.stringContaining(url), fix: expect.stringContaining(url) },
        expect.objectContaining({ code: "checks_skipped", message: expect.stringContaining(`: ${skipped}.`) }),
      ]);
      expect(findings[1]?.message).toContain(words);
      await tenant.faults.clear();
      expect(await doctor()).toEqual(healthy);
    },
  );

  test("names the port where nobody listens with port-closed", async () => {
    await tenant.faults.set({ name: "port-closed", seconds: 600 });
    const { exitCode, findings } = await doctor();
    const { port } = new URL(tenant.issuer);
    expect(exitCode).toBe(1);
    expect(findings).toEqual([
      expect.objectContaining({ code: "tcp_refused_loopback", message: expect.stringContaining(`port ${port}`) }),
      expect.objectContaining({ code: "checks_skipped" }),
    ]);
    expect(findings[0]?.fix).toContain("127.0.0.1");
    await tenant.faults.clear();
    expect(await doctor()).toEqual(healthy);
  });

  test.each([
    // At the edge of the tolerance, which is 5 s: tokens are still accepted.
    [5, "clock_drifting", "warning", "differs", "Synchronise", 0],
    [300, "clock_behind", "error", "behind", "forward", 1],
    [-300, "clock_ahead", "error", "ahead", "back", 1],
  ])("measures a clock-skew of %d s: %s", async (seconds, code, severity, inMessage, inFix, expected) => {
    await tenant.faults.set({ name: "clock-skew", seconds });
    const { exitCode, findings } = await doctor();
    const [message, fix] = [expect.stringContaining(inMessage), expect.stringContaining(inFix)];
    expect(findings).toEqual([isOn("clock-skew"), { code, severity, message, fix }]);
    expect(exitCode).toBe(expected);
    await tenant.faults.clear();
    expect(await doctor()).toEqual(healthy);
  });

  // Nothing around the API is wrong then: tokens are, or what clients ask for them.
  test.each(names.filter((name) => !(name in sights || name === "port-closed" || name === "clock-skew")))(
    "finds an API well that meets %s",
    async (name) => {
      await tenant.faults.set(name);
      expect(await doctor()).toEqual({ exitCode: 0, findings: [isOn(name)] });
    },
  );
});

describe("explain", () => {
  test.each(names.filter((name) => faultCatalogue[name].kind !== "provider"))(
    "of a token with %s gives the catalogue's reason, and a fix",
    async (name) => {
      const before = await issue();
      expect(await explain(before)).toEqual({ exitCode: 0, errors: [] });
      await tenant.faults.set(name);
      // New keys spoil what was issued before them.
      const { exitCode, errors } = await explain(faultCatalogue[name].kind === "keys" ? before : await issue());
      expect(errors.map(({ code }) => code)).toEqual([faultCatalogue[name].reason]);
      expect(errors[0]?.fix).toMatch(/./);
      expect(exitCode).toBe(1);
      await tenant.faults.clear();
      expect(await explain(before)).toEqual({ exitCode: 0, errors: [] });
    },
  );
});
