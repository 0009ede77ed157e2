// All rows of the table, by theme.
import type { RequestRow } from "./_request-case.js";
import { algorithms, publicKeys, secrets } from "./_requests/algorithms.js";
import { dpop, mtls } from "./_requests/bound.js";
import { claimChecks, scopes } from "./_requests/checks.js";
import { registered, strict, types } from "./_requests/claims.js";
import { discovery, environment, outages, rotation, several } from "./_requests/issuers.js";
import { optionals, validators } from "./_requests/optional.js";
import { headers, hosts, places } from "./_requests/places.js";

export const themes: Readonly<Record<string, readonly RequestRow[]>> = {
  "places of tokens": places,
  "Authorization headers": headers,
  "Host headers": hosts,
  algorithms,
  secrets,
  "public keys": publicKeys,
  "registered claims": registered,
  "types of tokens": types,
  "strict mode": strict,
  "scope helpers": scopes,
  "claim helpers": claimChecks,
  "optional tokens": optionals,
  validators,
  "DPoP-bound tokens": dpop,
  "certificate-bound tokens": mtls,
  "the environment": environment,
  discovery,
  "key rotation": rotation,
  outages,
  "several issuers": several,
};
