// A2A: the agent card's security, from the requirements that protect the skills (A2A 1.0,
// AgentCard).
import {
  ConfigError,
  type Guard,
  type OpenApiSecurityScheme,
  type Requirement,
  toOpenApiSecurity,
  toOpenApiSecurityScheme,
} from "../index.js";
import { createNeeds, type McpRequirements } from "./_mcp-requirements.js";

/** What a skill is, for people and models. */
export interface AgentSkillText {
  /** Default: the tool's name. */
  readonly name?: string;
  readonly description: string;
  readonly tags?: readonly string[];
  readonly examples?: readonly string[];
}

/** What the card says besides security. `skills` describes tools, by name. */
export interface AgentCardOptions {
  readonly name: string;
  readonly description: string;
  readonly version: string;
  readonly skills: Readonly<Record<string, AgentSkillText>>;
  readonly supportedInterfaces: readonly AgentInterface[];
  readonly capabilities?: Readonly<Record<string, unknown>>;
  /** Media types. Default `["application/json"]`. */
  readonly defaultInputModes?: readonly string[];
  /** Media types. Default `["application/json"]`. */
  readonly defaultOutputModes?: readonly string[];
}

/** Where the agent is reached (A2A 1.0, AgentInterface). */
export interface AgentInterface {
  readonly url: string;
  /** `JSONRPC`, `GRPC` or `HTTP+JSON`. */
  readonly protocolBinding: string;
  readonly protocolVersion: string;
}

/** Scopes by scheme; several entries are alternatives (A2A 1.0, SecurityRequirement). */
export interface AgentSecurity {
  readonly schemes: Readonly<Record<string, { readonly list: readonly string[] }>>;
}

/** One skill of a card. */
export interface AgentSkill extends AgentSkillText {
  readonly id: string;
  readonly name: string;
  readonly tags: readonly string[];
  readonly securityRequirements: readonly AgentSecurity[];
}

/** The card, as JSON (A2A 1.0, AgentCard in its JSON form). */
export interface AgentCard extends Omit<AgentCardOptions, "skills"> {
  readonly skills: readonly AgentSkill[];
  readonly capabilities: Readonly<Record<string, unknown>>;
  readonly defaultInputModes: readonly string[];
  readonly defaultOutputModes: readonly string[];
  readonly securitySchemes: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly securityRequirements: readonly AgentSecurity[];
}

/**
 * An agent card for the same requirements that protect the tools: schemes from the guard's issuer,
 * and for each skill the scopes of its tool. Serve it as `/.well-known/agent-card.json`. Each skill
 * must be a tool of `requirements`. What scopes cannot say (roles, claims, step-ups) is left out,
 * and checked all the same. Throws `ConfigError`.
 */
export function toAgentCard(
  guard: Pick<Guard, "issuers">,
  requirements: McpRequirements,
  options: AgentCardOptions,
): AgentCard {
  const { base, find, isListed } = createNeeds(requirements);
  const skills = Object.entries(options.skills).map(([id, text]): AgentSkill => {
    const need = isListed("tools") ? find({ kind: "tools", name: id }) : undefined;
    if (need === undefined) throw new ConfigError({ ...unknownSkill, option: `skills.${JSON.stringify(id)}` });
    return { id, name: id, tags: [], ...text, securityRequirements: toAgentSecurity(need.requirement) };
  });
  return {
    ...{ capabilities: {}, defaultInputModes: ["application/json"], defaultOutputModes: ["application/json"] },
    ...options,
    skills,
    securitySchemes: { [schemeName]: toAgentScheme(toOpenApiSecurityScheme(guard)) },
    securityRequirements: toAgentSecurity(base),
  };
}

const schemeName = "oauth2";

const unknownSkill = {
  problem: "is not one of the requirements' tools, so nothing says what it needs",
  example: "toAgentCard(guard, { tools: { whoami: true } }, { …, skills: { whoami: { description } } })",
};

function toAgentSecurity(requirement: Requirement | undefined): readonly AgentSecurity[] {
  return toOpenApiSecurity(requirement, schemeName).map(({ [schemeName]: names = [] }) => ({
    schemes: { [schemeName]: { list: names.filter((name) => name !== "offline_access") } },
  }));
}

/** The member that holds a scheme says its kind (A2A 1.0, SecurityScheme). */
function toAgentScheme(scheme: OpenApiSecurityScheme): Readonly<Record<string, unknown>> {
  return scheme.type === "openIdConnect"
    ? { openIdConnectSecurityScheme: { openIdConnectUrl: scheme.openIdConnectUrl } }
    : { httpAuthSecurityScheme: { scheme: "Bearer", bearerFormat: "JWT" } };
}
