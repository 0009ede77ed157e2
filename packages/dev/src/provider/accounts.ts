// Personas as the provider's accounts.
import type { Account, FindAccount } from "oidc-provider";
import type { Persona, TenantConfig } from "../config/model.js";
import type { People } from "../people/people.js";
import { customClaims } from "./token-claims.js";

/** Finds the persona behind a subject. A disabled account gets nothing. */
export function createFindAccount(config: TenantConfig, people: People): FindAccount {
  return (_ctx, subject) => {
    const persona = config.personas.find((candidate) => candidate.subject === subject);
    return persona === undefined || people.isDisabled(persona) ? undefined : toAccount(config, persona);
  };
}

function toAccount(config: TenantConfig, persona: Persona): Account {
  return {
    accountId: persona.subject,
    claims: () => ({
      ...customClaims(config, persona),
      sub: persona.subject,
      name: persona.name,
      nickname: persona.id,
      ...(persona.email === undefined ? undefined : { email: persona.email, email_verified: persona.emailVerified }),
    }),
  };
}

/** The claims per scope in ID tokens and userinfo. */
export function toScopeClaims(config: TenantConfig): Record<string, string[]> {
  const custom = config.personas.flatMap((persona) => Object.keys(customClaims(config, persona)));
  return {
    openid: [...new Set(["sub", ...custom])],
    profile: ["name", "nickname"],
    email: ["email", "email_verified"],
  };
}
