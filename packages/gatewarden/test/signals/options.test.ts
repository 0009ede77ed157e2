// The options of a receiver: each wrong one is refused at once, with its name.
import { describe, expect, test } from "vitest";
import { ConfigError, createGuard, createRevocationList } from "../../src/index.js";
import { createSignalsReceiver, type SignalsOptions } from "../../src/signals/signals.js";
import { options } from "../support/keys.js";
import { receiverAudience } from "./_signal.js";

describe("Options", () => {
  const guard = createGuard(options());
  const usual: SignalsOptions = { audience: receiverAudience, revocations: createRevocationList() };
  test.each([
    ["audience", { audience: "" }],
    ["revocations", { revocations: {} }],
    ["issuers", { issuers: [] }],
    ["issuers", { issuers: {} }],
    ["issuers", { issuers: { a: 5 } }],
    ["transmitters", { transmitters: [] }],
    ["ends", { ends: "all" }],
    ["actions", { actions: { "session-revoked": "revoke" } }],
    ["actions", { actions: { "urn:a": "end" } }],
    ["actions", { actions: [] }],
    ["subject", { subject: "email" }],
    ["profile", { profile: "risc" }],
    ["authorization", { authorization: "" }],
    ["stateSecret", { stateSecret: "short" }],
    ["tokenLifetime", { tokenLifetime: 0 }],
    ["algorithms", { algorithms: ["HS256"] }],
    ["onSignal", { onSignal: {} }],
    ["events", { events: {} }],
  ])("%s is refused as %o", (option, changes) => {
    expect(() => createSignalsReceiver(guard, { ...usual, ...changes } as never)).toThrow(ConfigError);
    expect(() => createSignalsReceiver(guard, { ...usual, ...changes } as never)).toThrow(option);
  });

  test.each([[null], [{}], [Object.create(guard)]])("another guard is refused: %o", (over) => {
    expect(() => createSignalsReceiver(over as never, usual)).toThrow("guard");
  });
});
