// Events in the form in which transmitters send them, each read from their documentation.
import { describe, expect, test } from "vitest";
import { start } from "../support/clock.js";
import { ec, issuer, jwks } from "../support/keys.js";
import { caep, createSignalBench, receiverAudience, risc, sessionRevoked, setToken } from "./_signal.js";

const revocation = { issuer, subject: "user|1", issuedBefore: start };

describe("An event as it is sent by", () => {
  test("the example of CAEP 1.0 §3.1, about a session", async () => {
    const { push, reports } = createSignalBench();
    await push(setToken({ sub_id: { format: "opaque", id: "dMTlD|1600802906337.16|16008.16" } }));
    expect(reports).toMatchObject([{ revocations: [{ issuer, sid: "dMTlD|1600802906337.16|16008.16" }] }]);
  });

  test("the example of CAEP 1.0 §3.1, about a user, a device and a tenant", async () => {
    const { push, reports } = createSignalBench();
    const sub_id = {
      format: "complex",
      user: { format: "iss_sub", iss: issuer, sub: "user|1" },
      device: { format: "iss_sub", iss: issuer, sub: "device" },
      tenant: { format: "opaque", id: "123456789" },
    };
    await push(setToken({ sub_id }));
    expect(reports).toMatchObject([{ revocations: [revocation] }]);
  });

  // developer.okta.com/docs/reference/ssf-transmitter-sets: no `sub_id`; the org is the issuer, while
  // access tokens come from one of its authorization servers.
  test("Okta, whose subject is in the event and has the name of the org", async () => {
    const org = "https://acme.okta.com";
    const server = `${org}/oauth2/default`;
    const { push, reports } = createSignalBench({ issuers: { [org]: server } }, { issuer: org, keys: { jwks } });
    const subject = { user: { format: "iss_sub", iss: org, sub: "user|1" }, format: "complex" };
    const events = { [sessionRevoked]: { event_timestamp: start, initiating_entity: "user", subject } };
    await push(setToken({ iss: org, sub_id: undefined, txn: undefined, events }));
    expect(reports).toMatchObject([{ revocations: [{ issuer: server, subject: "user|1" }] }]);
  });

  // developers.google.com/identity/protocols/risc: `subject_type`, `iss` with a slash, no `sub_id`.
  test.each(["account-disabled", "sessions-revoked", "account-credential-change-required"])(
    "Google's RISC: %s",
    async (name) => {
      const google = "https://accounts.google.com/";
      const issuers = { [google]: "https://accounts.google.com" };
      const guardChanges = { issuer: google, keys: { jwks } };
      const { push, reports } = createSignalBench({ profile: "set", issuers }, guardChanges);
      const subject = { subject_type: "iss-sub", iss: google, sub: "7375626A656374" };
      const changes = { iss: google, sub_id: undefined, txn: undefined, events: { [risc + name]: { subject } } };
      const header = { alg: "ES256", kid: ec.kid };
      expect((await push(setToken(changes, { header }))).status).toBe(202);
      expect(reports).toMatchObject([
        { revocations: [{ issuer: "https://accounts.google.com", subject: subject.sub }] },
      ]);
    },
  );

  test("a transmitter with one stream for web and mobile (SSF 1.0 §4.1.8)", async () => {
    const { push, reports } = createSignalBench();
    const events = { [`${caep}token-claims-change`]: { claims: { role: "ro-admin" } } };
    await push(setToken({ aud: [`${receiverAudience}/mobile`, receiverAudience], events }));
    expect(reports).toMatchObject([{ revocations: [revocation] }]);
  });
});
