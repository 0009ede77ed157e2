// The keys that key faults use in place of the tenant's. The real ones stay stored, and return
// afterwards.
import { generateKey, type KeySubstitute, type SigningKey } from "../keys/key-ring.js";
import type { Fault } from "./fault.js";

/** Creates the keys to use instead of the stored ones; undefined without a key fault. */
export function toKeySubstitute(fault: Fault | undefined): KeySubstitute | undefined {
  if (fault?.name === "rotated-keys") {
    return async (kept) => [...(await renew(signingKeys(kept))), ...(fault.keepOld === true ? kept : [])];
  }
  if (fault?.name === "same-kid-new-key") return replaceUnderSameKid;
  return undefined;
}

async function replaceUnderSameKid(kept: readonly SigningKey[]): Promise<readonly SigningKey[]> {
  const signing = signingKeys(kept);
  const fresh = await renew(signing);
  const sameKid = fresh.map((key, index) => ({ ...key, kid: signing[index]?.kid ?? key.kid }));
  return [...sameKid, ...kept.filter((key) => !signing.includes(key))];
}

/** The newest key of each algorithm. */
function signingKeys(keys: readonly SigningKey[]): readonly SigningKey[] {
  return keys.filter((key) => keys.find(({ alg }) => alg === key.alg) === key);
}

function renew(keys: readonly SigningKey[]): Promise<SigningKey[]> {
  return Promise.all(keys.map(({ alg }) => generateKey(alg)));
}
