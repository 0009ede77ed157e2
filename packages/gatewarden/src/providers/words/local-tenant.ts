// Fixes for `gatewarden dev`, which imitates Auth0 and has no dashboard.
import type { Fixes } from "./provider-words.js";

export const localFixes: Fixes = {
  token_opaque:
    "Request an audience, as with Auth0: `npx gatewarden token` gives a token for the first API, and clients pass `audience={audience}` when they log in.",
  audience_mismatch:
    "Set `AUDIENCE` to one of the APIs in the tenant's configuration, or request `{audience}`: `npx gatewarden token --audience {audience}`.",
  expired: "Get a new token: `npx gatewarden token`.",
  key_unknown:
    "The local tenant has new keys, as after a start in another directory: get a new token with `npx gatewarden token`.",
};
