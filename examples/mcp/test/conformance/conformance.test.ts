// The protocol's own conformance suite against the example's guard (docs/mcp-conformance.md).
import process from "node:process";
import { createTenant } from "@gatewarden/dev";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Browser } from "../../../../packages/dev/test/support/browser.js";
import { type Protected, startProtected } from "../support/protected.js";
import { type Forwarder, startForwarder } from "./_forwarder.js";
import { type Column, readReason, toPage } from "./_page.js";
import { service, toolPermission } from "./_service.js";
import {
  findNode,
  listServerScenarios,
  type Run,
  readVersion,
  runIssuerSuite,
  runSuite,
  type Tally,
} from "./_suite.js";

const released = "@modelcontextprotocol/conformance";
const coming = "mcp-conformance-next";
const runs: readonly (Run & { readonly revision: string })[] = [
  { package: released, revision: "2025-11-25", args: ["--suite", "all"] },
  { package: coming, revision: "2025-11-25", args: ["--requirements", "2025-11-25"] },
  { package: coming, revision: "2026-07-28", args: ["--requirements", "2026-07-28"] },
];

// Where a suitable Node.js belongs, a missing one fails.
const isLeftOut = findNode() === undefined && process.env["CI"] !== "true";
const title = isLeftOut ? "The suite (needs Node.js 22, or npm ci --prefix matrix/runtimes)" : "The suite";

describe.skipIf(isLeftOut)(title, () => {
  let server: Protected;
  let forwarder: Forwarder;
  let token: string;

  beforeAll(async () => {
    server = await startProtected({ permissions: [toolPermission] }, service);
    forwarder = await startForwarder(server.url, () => token);
  });

  afterAll(async () => {
    forwarder.close();
    await server.close();
  });

  const issue = async (permissions: readonly string[]) => {
    token = (await server.tenant.token({ as: "alice", permissions })).access_token;
  };

  test("passes in all that applies, and docs/mcp-conformance.md says how", { timeout: 300_000 }, async () => {
    await issue([toolPermission]);
    const columns: Column[] = [];
    const names = new Set<string>();
    for (const run of runs) {
      const heading = `${await readVersion(run.package)} at ${run.revision}`;
      columns.push({ title: heading, results: await runSuite(run, forwarder.url) });
      for (const name of await listServerScenarios(run.package)) names.add(name);
    }
    const issuer = { title: await readVersion(coming), results: await testIssuer() };
    const failed = [...columns, issuer].flatMap(({ title, results }) =>
      toFailures(results).map((one) => `${title}: ${one}`),
    );
    expect(failed).toEqual([]);
    await expect(toPage(columns, [...names], issuer)).toMatchFileSnapshot("../../../../docs/mcp-conformance.md");
  });

  test("fails in what calls a tool where the token lacks the permission", { timeout: 120_000 }, async () => {
    await issue([]);
    const call = await runSuite({ package: coming, args: ["--scenario", "tools-call-simple-text"] }, forwarder.url);
    expect(call.get("tools-call-simple-text")?.failures.join()).toContain("insufficient_scope");
    const ping = await runSuite({ package: coming, args: ["--scenario", "ping"] }, forwarder.url);
    expect(ping.get("ping")).toMatchObject({ failed: 0 });
  });

  test("fails without a token", { timeout: 120_000 }, async () => {
    const results = await runSuite({ package: coming, args: ["--scenario", "ping"] }, server.url);
    expect(results.get("ping")?.failures.join()).toContain("credentials_missing");
  });

  test.each([released, coming] as const)("has no scenario for a server's authorization or DPoP in %s", async (name) => {
    const scenarios = await listServerScenarios(name);
    expect(scenarios).toContain("tools-list");
    expect(scenarios.filter((one) => /auth|dpop|token/i.test(one))).toEqual([]);
  });
});

/** The scenarios for authorization servers against the local tenant, where Bob logs in. */
async function testIssuer(): Promise<ReadonlyMap<string, Tally>> {
  const tenant = await createTenant({ port: 0, clientMetadataDocuments: ["https://app.example/client.json"] });
  const logIn = async (address: string) => {
    const browser = new Browser(tenant.issuer);
    await fetch(await browser.submit((await browser.read(address)).url, { persona: "bob" }));
  };
  const issuer = { url: tenant.issuer, clientId: "spa", resource: tenant.audience, logIn };
  return runIssuerSuite(coming, issuer).finally(() => tenant.close());
}

function toFailures(results: ReadonlyMap<string, Tally>): string[] {
  const relevant = [...results].filter(([name]) => readReason(name) === undefined);
  return relevant.flatMap(([name, { failures }]) => failures.map((failure) => `${name}: ${failure}`));
}
