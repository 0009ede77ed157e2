// The entry of `gatewarden/providers`: the terms of known providers, a function each.
export { type Auth0Arguments, auth0 } from "./auth0.js";
export { type B2cArguments, b2c } from "./b2c.js";
export { type ClerkArguments, clerk } from "./clerk.js";
export { type CognitoArguments, cognito } from "./cognito.js";
export { type EntraOrganizations, type EntraTenant, type EntraTenants, entra } from "./entra.js";
export { type EntraExternalArguments, entraExternal } from "./entra-external.js";
export { type FirebaseArguments, firebase } from "./firebase.js";
export { type GoogleArguments, google } from "./google.js";
export { type KeycloakArguments, keycloak } from "./keycloak.js";
export { type OktaArguments, okta } from "./okta.js";
export { type OryArguments, ory } from "./ory.js";
export { type SupabaseArguments, supabase } from "./supabase.js";
export { type ZitadelArguments, zitadel } from "./zitadel.js";
