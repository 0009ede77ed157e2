// The local tenant as doctor sees it: by the description that a server of this machine gives of itself.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type IssuerServer, json, startIssuer } from "../../../support/issuer-server.js";
import { examineIssuer, expectFinding } from "../_examine.js";

let server: IssuerServer;
beforeEach(async () => {
  server = await startIssuer();
});
afterEach(() => server.close());

const describeTenant = (faults: unknown, issuer = server.issuer) =>
  server.on("/dev", json({ issuer, audiences: ["https://api.example.test"], faults }));

describe("The local tenant", () => {
  test("has a fault on: that is the first finding, a warning, and names how to switch it off", async () => {
    describeTenant([{ name: "jwks-500" }, { name: "expired" }]);
    const seen = await examineIssuer(server.issuer);
    const { message, fix, severity } = expectFinding(seen, "tenant_fault_on", server.issuer, "faults --reset");
    expect(message).toContain("`jwks-500`, `expired`");
    expect(seen.codes[0]).toBe("tenant_fault_on");
    expect({ fix, severity }).toEqual({ fix: "Switch them off: npx gatewarden faults --reset", severity: "warning" });
  });

  test.each<[string, () => void]>([
    ["has no fault on", () => describeTenant([])],
    [
      "is not what answers: another issuer's description",
      () => describeTenant([{ name: "expired" }], "http://127.0.0.1:1/"),
    ],
    ["is not what answers: no list of faults", () => describeTenant("expired")],
    ["is not what answers: nothing there", () => {}],
  ])("%s: no finding", async (_name, prepare) => {
    prepare();
    expect((await examineIssuer(server.issuer)).codes).not.toContain("tenant_fault_on");
  });
});
