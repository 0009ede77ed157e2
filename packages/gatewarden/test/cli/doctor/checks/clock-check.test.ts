// The clock, against Date headers that the issuer sends. Both clocks are the test's, so that no answer depends on how long it takes.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DoctorCode } from "../../../../src/cli/doctor/catalogue/catalogue.js";
import { createKey } from "../../../support/forge.js";
import { type Answer, type IssuerServer, json, metadataPath, startIssuer } from "../../../support/issuer-server.js";
import { examineIssuer, expectFinding } from "../_examine.js";

const rsa = createKey("RS256", "rsa");
const now = Date.UTC(2026, 5, 1) / 1000;

let server: IssuerServer;
beforeEach(async () => {
  server = await startIssuer();
});
afterEach(() => server.close());

/** An issuer whose clock is so many seconds ahead of this machine's; so many pass each time that somebody looks at the clock. */
function examineClock(ahead: number, headers: Record<string, string> = {}, passing = 0) {
  let time = now;
  const dated =
    (document: unknown): Answer =>
    (request, response) =>
      json(document, { date: new Date((time + ahead) * 1000).toUTCString(), ...headers })(request, response);
  server.on(metadataPath, dated({ issuer: server.issuer, jwks_uri: `${server.origin}/jwks` }));
  server.on("/jwks", dated({ keys: [rsa.jwk] }));
  const clock = () => {
    time += passing;
    return time;
  };
  return examineIssuer(server.issuer, { now: clock });
}

describe("The clock", () => {
  it.each<[number, DoctorCode]>([
    [60, "clock_behind"],
    [6, "clock_behind"],
    [-60, "clock_ahead"],
    [-7, "clock_ahead"],
    [4, "clock_drifting"],
    [-4, "clock_drifting"],
  ])("of an issuer that is %d s ahead is %s", async (ahead, code) => {
    const seen = await examineClock(ahead);
    const drift = Math.abs(ahead + 0.5).toFixed(1);
    const { message } = expectFinding(seen, code, `${drift} s`);
    expect(message).toContain("± 0.5 s");
    expect(message).toContain("tolerance");
    expect(seen.codes).toEqual([code]);
    expect(seen.exitCode).toBe(code === "clock_drifting" ? 0 : 1);
  });

  it.each([0, 1, 2, -1, -2, -3])("that differs by %d s is fine", async (ahead) => {
    expect((await examineClock(ahead)).findings).toEqual([]);
  });

  it("is given the benefit of a slow answer", async () => {
    // Eight seconds pass between sending and receiving, so the header may have been written at any moment of them.
    expect((await examineClock(9, {}, 8)).codes).toEqual([]);
    expect((await examineClock(-3, {}, 8)).codes).toEqual([]);
  });

  it("counts the age of an answer from a cache", async () => {
    expect((await examineClock(-60, { age: "60" })).findings).toEqual([]);
  });

  it("cannot be compared with a Date header that is none", async () => {
    const seen = await examineClock(0, { date: "yesterday" });
    expectFinding(seen, "clock_unknown", "Date header", "2026-06-01T00:00:00");
    expect(seen.codes).toEqual([]);
  });
});
