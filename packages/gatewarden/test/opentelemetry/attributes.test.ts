// The label of an issuer: its name if it is configured, however many there are.
import { expect, test } from "vitest";
import { createGuard, type Guard } from "../../src/index.js";
import { resolvedIssuers, toIssuer } from "../../src/opentelemetry/attributes.js";
import { audience } from "../support/keys.js";

const names = Array.from({ length: 1000 }, (_, index) => `https://tenant-${index}.test/`);

test("a decision costs the same with one issuer as with a thousand: the list is read once", () => {
  let reads = 0;
  const issuers = new Proxy(names, {
    get: (list, member, receiver) => {
      reads++;
      return Reflect.get(list, member, receiver);
    },
  });
  const guard = { issuers } as unknown as Guard<unknown>;
  expect(toIssuer("https://tenant-999.test/", guard)).toBe("https://tenant-999.test/");
  const once = reads;
  for (const name of names) expect(toIssuer(name, guard)).toBe(name);
  expect(toIssuer("https://stranger.test/", guard)).toBe(resolvedIssuers);
  expect(reads).toBe(once);
});

test("a guard has one list of its issuers, which nothing can change", () => {
  const guard = createGuard({ issuer: names.map((issuer) => ({ issuer })), audience, env: {} });
  expect(guard.issuers).toEqual(names);
  expect(guard.issuers).toBe(guard.issuers);
  expect(Object.isFrozen(guard.issuers)).toBe(true);
});
