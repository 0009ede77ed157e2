// The shape of a rules file. Unknown members are errors: a part of a rule that is not read protects
// nothing (CWE-636).
import type { ActorTerms } from "gatewarden";
import { z } from "zod";
import { proxyKinds } from "../proxy/kinds.js";

const filled = z.string().min(1, "must not be empty");
const names = z.union([filled, z.array(filled).min(1, "must not be empty")], {
  error: "must be a name, or a list of names",
});
const scalar = z.union([z.string(), z.number(), z.boolean()], { error: "must be text, a number, true or false" });
const yes = z.literal(true, { error: "may only be true" });
const seconds = z.number().positive().max(86_400);

/** Requirements as they are written. Several members must all be met. */
export interface RequirementData {
  readonly permission?: string | readonly string[] | undefined;
  readonly scope?: string | readonly string[] | undefined;
  readonly role?: string | readonly string[] | undefined;
  readonly claim?: { readonly name: string; readonly value: string | number | boolean } | undefined;
  readonly organization?: string | readonly string[] | undefined;
  readonly actor?: "any" | { readonly [Name in keyof ActorTerms]: ActorTerms[Name] | undefined } | undefined;
  readonly stepUp?:
    | { readonly acrValues?: readonly string[] | undefined; readonly maxAge?: number | undefined }
    | undefined;
  readonly details?:
    | { readonly type: string; readonly having?: Readonly<Record<string, unknown>> | undefined }
    | undefined;
  readonly all?: readonly RequirementData[] | undefined;
  readonly any?: readonly RequirementData[] | undefined;
  readonly not?: RequirementData | undefined;
}

const parts = z.lazy(() => z.array(requirementSchema).min(1, "must have a part"));
const requirementMembers = {
  permission: names.optional(),
  scope: names.optional(),
  role: names.optional(),
  claim: z.strictObject({ name: filled, value: scalar }).optional(),
  organization: names.optional(),
  actor: z
    .union(
      [
        z.literal("any"),
        z.strictObject({ subject: filled.optional(), clientId: filled.optional(), issuer: filled.optional() }),
      ],
      { error: 'must be "any", or an object with subject, clientId or both' },
    )
    .optional(),
  stepUp: z
    .strictObject({
      acrValues: z.array(z.string()).min(1).optional(),
      maxAge: z.number().int().nonnegative().optional(),
    })
    .optional(),
  details: z.strictObject({ type: filled, having: z.record(z.string(), z.unknown()).optional() }).optional(),
  all: parts.optional(),
  any: parts.optional(),
  not: z.lazy(() => requirementSchema).optional(),
};

const requirementSchema: z.ZodType<RequirementData> = z.strictObject(requirementMembers);

const operations = z.record(filled, z.union([yes, requirementSchema], { error: "must be true or a requirement" }));

/** A rule as it is written. */
export const ruleSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[\w .:@/-]{1,80}$/, "must have at most 80 letters, digits, blanks and .:@/_-")
    .optional(),
  path: z.string(),
  methods: z
    .union([z.string(), z.array(z.string()).min(1)], { error: "must be a method, or a list of methods" })
    .optional(),
  hosts: names.optional(),
  public: yes.optional(),
  optional: yes.optional(),
  authenticated: yes.optional(),
  deny: yes.optional(),
  mcp: z
    .strictObject({
      requirement: requirementSchema.optional(),
      tools: operations.optional(),
      prompts: operations.optional(),
      resources: operations.optional(),
    })
    .optional(),
  ...requirementMembers,
});

export type RuleData = z.infer<typeof ruleSchema>;

const headerName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/, "must be the name of a header, of letters, digits and hyphens");
const identityHeaders = z.strictObject({
  subject: headerName.optional(),
  client: headerName.optional(),
  scope: headerName.optional(),
  permissions: headerName.optional(),
  roles: headerName.optional(),
  organization: headerName.optional(),
  issuer: headerName.optional(),
  actor: headerName.optional(),
});

const tokenSchema = z.strictObject({
  audience: filled,
  issuer: z.url({ protocol: /^https?$/ }),
  header: headerName.optional(),
  lifetime: seconds.min(10).max(900).optional(),
  rotateEvery: seconds.min(600).optional(),
  keys: filled.optional(),
});

const corsSchema = z.strictObject({
  origins: z.array(filled).min(1, "must not be empty"),
  credentials: yes.optional(),
});

const limitsSchema = z.strictObject({
  headerBytes: z.number().int().min(4096).max(32_768).optional(),
  headersTimeout: seconds.max(60).optional(),
  idleTimeout: seconds.max(600).optional(),
  connections: z.number().int().min(1).max(100_000).optional(),
  drainTimeout: seconds.max(600).optional(),
  failures: z
    .union([
      z.literal(false),
      z.strictObject({
        count: z.number().int().min(1).max(100_000).optional(),
        per: seconds.max(3600).optional(),
        addresses: z.number().int().min(16).max(1_000_000).optional(),
      }),
    ])
    .optional(),
});

const redisSchema = z.strictObject({
  url: z.url({ protocol: /^rediss?$/, error: "must be a URL such as redis://127.0.0.1:6379" }).optional(),
  prefix: filled.optional(),
  beforeJoin: z.enum(["not ready", "degraded"]).optional(),
  maxLag: seconds.min(5).optional(),
  foundingTime: z.number().min(0).max(600).optional(),
});

const endpointPath = z.string().regex(/^(?:\/[a-z0-9_-]+)+$/i, "must be a plain path such as /backchannel-logout");
const tokenLifetime = z.number().positive().max(31_536_000);

// What these two may contain beyond their shape is checked by the library.
const logoutSchema = z.strictObject({
  path: endpointPath.optional(),
  clientId: names,
  ends: z.enum(["session", "user"]),
  tokenLifetime: tokenLifetime.optional(),
  maxTokenAge: seconds.optional(),
  expiry: z.enum(["required", "optional"]).optional(),
  algorithms: z.array(filled).min(1).optional(),
});
const signalsSchema = z.strictObject({
  path: endpointPath.optional(),
  audience: names,
  ends: z.enum(["session", "user"]).optional(),
  issuers: z.union([z.array(filled), z.record(filled, filled)]).optional(),
  transmitters: z.array(filled).min(1).optional(),
  profile: z.enum(["ssf", "set"]).optional(),
  tokenLifetime: tokenLifetime.optional(),
  algorithms: z.array(filled).min(1).optional(),
});

/** Beside its own members the requirement that an operator's token must meet, as in a rule. */
const cutOffSchema = z
  .strictObject({
    path: endpointPath.optional(),
    perMinute: z.number().int().min(1).max(6000).optional(),
    tokenLifetime: tokenLifetime.optional(),
    ...requirementMembers,
  })
  // A cut-off for every valid token would let each user end the access of all others.
  .refine(
    ({ path: _path, perMinute: _perMinute, tokenLifetime: _lifetime, ...needs }) =>
      Object.values(needs).some((need) => need !== undefined),
    "must say what an operator's token must grant, such as permission: revoke:tokens",
  );

/** The whole file. `guard` is checked by the library itself. */
export const fileSchema = z.strictObject({
  proxy: z.enum(Object.keys(proxyKinds) as [keyof typeof proxyKinds, ...(keyof typeof proxyKinds)[]]).optional(),
  listen: z.string().optional(),
  admin: z.union([z.string(), z.literal(false)]).optional(),
  from: z.array(z.string()).min(1).optional(),
  prefix: z.string().optional(),
  preflight: z.enum(["pass", "check"]).optional(),
  guard: z.record(z.string(), z.unknown()).optional(),
  identity: z
    .strictObject({ headers: z.union([z.literal(false), identityHeaders]).optional(), token: tokenSchema.optional() })
    .optional(),
  cors: corsSchema.optional(),
  limits: limitsSchema.optional(),
  redis: redisSchema.optional(),
  events: z.string().optional(),
  logout: logoutSchema.optional(),
  signals: signalsSchema.optional(),
  cutOff: cutOffSchema.optional(),
  log: z.enum(["all", "refusals", "off"]).optional(),
  rules: z.array(ruleSchema),
});

export type FileData = z.infer<typeof fileSchema>;
export type CutOffData = z.infer<typeof cutOffSchema>;
export type CorsData = z.infer<typeof corsSchema>;
export type RedisData = z.infer<typeof redisSchema>;
export type TokenData = z.infer<typeof tokenSchema>;
export type IdentityHeaderNames = z.infer<typeof identityHeaders>;
