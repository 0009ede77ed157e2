// Turns a schema issue into a sentence: the path, the value, and what is expected.
import type { core } from "zod";

const EXAMPLES: Readonly<Record<string, string>> = {
  apis: '[{ "audience": "https://api.example.com", "permissions": ["read:admin"] }]',
  audience: '"https://api.example.com"',
  backchannelLogoutSessionRequired: "true",
  backchannelLogoutUri: '"http://localhost:3000/backchannel-logout"',
  certificateBound: "true",
  claimNamespace: '"https://example.com/"',
  claims: '{ "https://example.com/plan": "pro" }',
  clientMetadataDocuments: '["https://app.example/client.json"]',
  clients: '{ "spa": { "name": "My app" } }',
  email: '"alice@example.com"',
  emailInAccessToken: "true",
  emailVerified: "true",
  grants: '["authorization_code", "refresh_token"]',
  name: '"Alice"',
  organization: '"org_acme"',
  permissions: '["read:admin"]',
  permissionsInAccessToken: "false",
  personas: '{ "alice": { "permissions": ["read:admin"] } }',
  rbac: "true",
  redirectUris: '["http://localhost:3000/callback"]',
  roles: '["admin"]',
  secret: '"machine-secret"',
  sidInAccessToken: "true",
  signingAlgorithm: '"RS256"',
  subject: '"auth0|alice"',
  tokenDialect: '"rfc9068"',
  tokenExchange: '"https://api.example.com"',
  tokenLifetime: "86400",
};

/** The name of the whole input, and examples for its fields. */
interface Wording {
  readonly whole?: string;
  readonly examples?: Readonly<Record<string, string>>;
  /** Advice for unknown names. */
  readonly advice?: string;
}

/** One line such as: `apis[0].rbac is "yes", but expected boolean. Example: true`. */
export function toComplaint(
  issue: core.$ZodIssue,
  input: unknown,
  { whole = "the configuration", examples = EXAMPLES, advice = "check the spelling" }: Wording = {},
): string {
  const where = issue.path.length > 0 ? formatPath(issue.path) : whole;
  if (issue.code === "unrecognized_keys") {
    return `${where} has no setting ${issue.keys.map((key) => `"${key}"`).join(", ")}; ${advice}.`;
  }
  if (issue.code === "invalid_key") {
    const reason = issue.issues[0]?.message ?? "is not a usable name";
    return `${where}: the name ${reason}.`;
  }
  const value = valueAt(input, issue.path);
  const mayHoldClient = issue.path.length === 0 || issue.path[0] === "clients";
  const shown = mayHoldClient ? showClient(value, issue.path.at(-1)) : show(value);
  return `${where} is ${shown}, but ${expectation(issue)}.${exampleFor(issue.path, examples)}`;
}

function expectation(issue: core.$ZodIssue): string {
  if (issue.code === "invalid_type") return `expected ${issue.expected}`;
  if (issue.code === "invalid_value") return `expected one of ${issue.values.map((value) => show(value)).join(", ")}`;
  return issue.message.startsWith("must ") ? issue.message : `this is wrong with it: ${issue.message}`;
}

/** `["apis", 0, "rbac"]` → `apis[0].rbac`. */
function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[${step}]`;
    return text === "" ? String(step) : `${text}.${String(step)}`;
  }, "");
}

function exampleFor(path: readonly PropertyKey[], examples: Readonly<Record<string, string>>): string {
  const name = path.findLast((step) => typeof step === "string" && step in examples);
  const example = typeof name === "string" ? examples[name] : undefined;
  return example === undefined ? "" : ` Example: ${example}`;
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const step of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = Reflect.get(value, step);
  }
  return value;
}

/** A client's secret is not repeated, not even a wrong one (CWE-532). */
function showClient(value: unknown, name: PropertyKey | undefined): string {
  const isShown = value === undefined || value === "";
  if (name === "secret" && !isShown) return `a ${typeof value}`;
  return show(value, (member, one) => (member === "secret" ? "…" : one));
}

function show(value: unknown, replacer?: (member: string, one: unknown) => unknown): string {
  if (value === undefined) return "missing";
  const text = JSON.stringify(value, replacer) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
