// All cases, in the order of the page. The first of each provider is the usual one.
import type { ProviderCase } from "../_provider-cases.js";
import { adfsCase } from "./adfs.js";
import { auth0Case } from "./auth0.js";
import { authentikCase, authentikStrictCase } from "./authentik.js";
import { awsAlbCase } from "./aws-alb.js";
import { b2cCase, b2cTfpCase } from "./b2c.js";
import { clerkAudienceCase, clerkCase } from "./clerk.js";
import { cloudflareAccessCase } from "./cloudflare-access.js";
import { cognitoAudienceCase, cognitoCase } from "./cognito.js";
import { duendeCase } from "./duende.js";
import { entraCase, entraListCase, entraOrganizationsCase, entraV1Case } from "./entra.js";
import { entraExternalCase } from "./entra-external.js";
import { firebaseCase } from "./firebase.js";
import { fusionAuthCase } from "./fusion-auth.js";
import { githubActionsCase } from "./github-actions.js";
import { gitlabCiCase } from "./gitlab-ci.js";
import { googleCase, googleSchemelessCase } from "./google.js";
import { googleIapCase } from "./google-iap.js";
import { keycloakCase, keycloakInsideCase } from "./keycloak.js";
import { kubernetesCase, kubernetesPublicCase } from "./kubernetes.js";
import { logtoCase } from "./logto.js";
import { oktaCase } from "./okta.js";
import { oryCase } from "./ory.js";
import { pingCase } from "./ping.js";
import { stytchB2bCase, stytchCase } from "./stytch.js";
import { supabaseCase, supabaseSecretCase } from "./supabase.js";
import { workosAuthkitCase, workosCase } from "./workos.js";
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
  [workosCase, workosAuthkitCase],
  [authentikCase, authentikStrictCase],
  [adfsCase],
  [fusionAuthCase],
  [pingCase],
  [duendeCase],
  [logtoCase],
  [stytchCase, stytchB2bCase],
  [kubernetesCase, kubernetesPublicCase],
  [githubActionsCase],
  [gitlabCiCase],
  [cloudflareAccessCase],
  [googleIapCase],
  [awsAlbCase],
];
