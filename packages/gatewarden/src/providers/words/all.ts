// All providers that are known, in the order in which they are recognised: the first whose marks fit.
import { auth0Words } from "./auth0.js";
import { azurePlatformWords } from "./azure-platform.js";
import { b2cWords } from "./b2c.js";
import { clerkWords } from "./clerk.js";
import { cognitoWords } from "./cognito.js";
import { entraWords } from "./entra.js";
import { entraExternalWords } from "./entra-external.js";
import { firebaseWords } from "./firebase.js";
import { googleWords } from "./google.js";
import { keycloakWords } from "./keycloak.js";
import { oktaWords } from "./okta.js";
import { oryWords } from "./ory.js";
import type { ProviderWords } from "./provider-words.js";
import { supabaseWords } from "./supabase.js";
import { zitadelWords } from "./zitadel.js";

export const allProviders: readonly ProviderWords[] = [
  auth0Words,
  azurePlatformWords,
  b2cWords,
  entraExternalWords,
  entraWords,
  keycloakWords,
  oktaWords,
  cognitoWords,
  firebaseWords,
  googleWords,
  clerkWords,
  supabaseWords,
  zitadelWords,
  oryWords,
];
