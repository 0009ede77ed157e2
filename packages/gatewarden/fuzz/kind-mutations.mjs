// What makes an access token look like an ID token, and an ID token like an access token.
import { audience, start } from "./configurations.mjs";

/**
 * What tells an access token from an ID token, and what only seems to.
 * @type {readonly [name: string, values: readonly unknown[]][]}
 */
const evidence = [
  ["nonce", ["n", "n", "n", "", null]],
  ["at_hash", ["h", null]],
  ["azp", ["client", "client", audience]],
  ["client_id", ["client", "other", audience]],
  ["appid", ["client", audience, ["client"], 1]],
  ["cid", ["client", audience, null]],
  ["scope", ["read", "read", "", " ", null]],
  ["scp", ["read", ["read"], [], [1]]],
  ["roles", [["admin"], [], [null], { admin: true }]],
  ["permissions", [["a"], []]],
  ["typ", ["Bearer", "DPoP", "ID", "bearer", "Refresh", "Offline", "Logout"]],
  ["token_use", ["access", "access_token", "id", "refresh", ["access"], null]],
  ["jti", ["1"]],
  ["auth_time", [start, null]],
  ["amr", [["pwd"]]],
  ["aud", [["client", audience], ["client", audience], [audience, audience], "client"]],
];

/** A token between two kinds. @type {import("./mutations.mjs").Mutation} */
export function dress(random, { claims }) {
  for (const [name, values] of evidence) if (random.chance(20)) claims[name] = random.pick(values);
}
