// All cases, in the order of the page. The first of each provider is the usual one.
import type { ProviderCase } from "../_provider-cases.js";
import { auth0Case } from "./auth0.js";
import { b2cCase, b2cTfpCase } from "./b2c.js";
import { clerkAudienceCase, clerkCase } from "./clerk.js";
import { cognitoAudienceCase, cognitoCase } from "./cognito.js";
import { entraCase, entraListCase, entraOrganizationsCase, entraV1Case } from "./entra.js";
import { entraExternalCase } from "./entra-external.js";
import { firebaseCase } from "./firebase.js";
import { googleCase, googleSchemelessCase } from "./google.js";
import { keycloakCase, keycloakInsideCase } from "./keycloak.js";
import { oktaCase } from "./okta.js";
import { oryCase } from "./ory.js";
import { supabaseCase, supabaseSecretCase } from "./supabase.js";
import { zitadelCase } from "./zitadel.js";

export const allCases: readonly (readonly [ProviderCase, ...ProviderCase[]])[] = [
  [auth0Case],
  [entraCase, entraV1Case, entraListCase, entraOrganizationsCase],
  [entraExternalCase],
  [b2cCase, b2cTfpCase],
  [oktaCase],
  [keycloakCase, keycloakInsideCase],
  [cognitoCase, cognitoAudienceCase],
  [googleCase, googleSchemelessCase],
  [firebaseCase],
  [clerkCase, clerkAudienceCase],
  [supabaseCase, supabaseSecretCase],
  [zitadelCase],
  [oryCase],
];
