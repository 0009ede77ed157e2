// All known providers, in the order in which they are recognised: the first whose marks match.
import { adfsWords } from "./adfs.js";
import { auth0Words } from "./auth0.js";
import { authentikWords } from "./authentik.js";
import { awsAlbWords } from "./aws-alb.js";
import { azurePlatformWords } from "./azure-platform.js";
import { b2cWords } from "./b2c.js";
import { clerkWords } from "./clerk.js";
import { cloudflareAccessWords } from "./cloudflare-access.js";
import { cognitoWords } from "./cognito.js";
import { duendeWords } from "./duende.js";
import { entraWords } from "./entra.js";
import { entraExternalWords } from "./entra-external.js";
import { firebaseWords } from "./firebase.js";
import { fusionAuthWords } from "./fusion-auth.js";
import { githubActionsWords } from "./github-actions.js";
import { gitlabCiWords } from "./gitlab-ci.js";
import { googleWords } from "./google.js";
import { googleIapWords } from "./google-iap.js";
import { keycloakWords } from "./keycloak.js";
import { kubernetesWords } from "./kubernetes.js";
import { logtoWords } from "./logto.js";
import { oauth2ProxyWords } from "./oauth2-proxy.js";
import { oktaWords } from "./okta.js";
import { oryWords } from "./ory.js";
import { pingWords } from "./ping.js";
import type { ProviderWords } from "./provider-words.js";
import { stytchWords } from "./stytch.js";
import { supabaseWords } from "./supabase.js";
import { workosWords } from "./workos.js";
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
  workosWords,
  authentikWords,
  adfsWords,
  fusionAuthWords,
  pingWords,
  duendeWords,
  logtoWords,
  stytchWords,
  kubernetesWords,
  githubActionsWords,
  gitlabCiWords,
  cloudflareAccessWords,
  googleIapWords,
  awsAlbWords,
  oauth2ProxyWords,
];
