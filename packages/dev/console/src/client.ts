// Calls of the tenant. Each is documented in the README of the package.

export interface Persona {
  readonly id: string;
  readonly subject: string;
  readonly name: string;
  readonly email: string | null;
  readonly roles: readonly string[];
  readonly permissions: readonly string[];
  readonly organization: string | null;
}

export interface Fault {
  readonly name: string;
}

export interface Client {
  readonly id: string;
  readonly name: string;
  readonly confidential: boolean;
  readonly grants: readonly string[];
  readonly permissions?: readonly string[];
}

/** An API as the tenant knows it, as in Auth0's settings. */
export interface Audience {
  readonly audience: string;
  readonly name: string;
  readonly rbac: boolean;
  readonly permissionsInAccessToken: boolean;
  readonly signingAlgorithm: string;
  readonly tokenLifetime: number;
  readonly permissions: readonly string[];
}

/** `GET /dev`. */
export interface Tenant {
  readonly issuer: string;
  /** The address of the documentation, where one is configured. */
  readonly documentation?: string | null;
  readonly apis: readonly Audience[];
  readonly personas: readonly Persona[];
  readonly clients: readonly Client[];
  readonly faults: readonly Fault[];
}

/** One of `GET /dev/apis`. */
export interface OnlineApi {
  readonly url: string;
  readonly name?: string;
  readonly openapi?: string;
}

/** The answer of `POST /dev/try`. */
export interface Answer {
  readonly status: number;
  readonly statusText: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
  readonly milliseconds: number;
}

export interface TryRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface TokenRequest {
  readonly as?: string;
  readonly client?: string;
  readonly audience?: string | null;
  readonly permissions?: readonly string[];
  readonly expiresIn?: number;
  readonly fault?: string;
  readonly claims?: Readonly<Record<string, unknown>>;
}

/** One of the findings of `POST /dev/explain`. */
export interface Finding {
  readonly code: string;
  readonly severity: "error" | "warning" | "info";
  readonly message: string;
  readonly fix: string;
  readonly expected?: unknown;
  readonly actual?: unknown;
}

export interface FaultEntry {
  readonly name: string;
  readonly kind: string;
  readonly description: string;
  readonly reason?: string | null;
  readonly parameters: Readonly<Record<string, string>>;
  readonly on: boolean;
}

/** The tenant refused a call, or does not answer. The message is its own. */
export class CallError extends Error {}

export async function call<Result>(method: string, path: string, body?: unknown): Promise<Result> {
  const init =
    body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } };
  const response = await fetch(path, { method, ...init }).catch(() => {
    throw new CallError("The tenant does not answer. Is it still running? npx gatewarden dev starts it.");
  });
  const answer = (await response.json().catch(() => ({}))) as Result & { error_description?: string };
  if (!response.ok) throw new CallError(answer.error_description ?? `The tenant answered ${response.status}.`);
  return answer;
}

export const loadTenant = () => call<Tenant>("GET", "/dev");
export const mintToken = (request: TokenRequest) =>
  call<{ access_token: string; expires_in: number; scope?: string }>("POST", "/dev/token", request);
export const tryRequest = (request: TryRequest) => call<Answer>("POST", "/dev/try", request);
export const explain = (text: string, options: { audience?: string; permissions?: readonly string[] } = {}) =>
  call<{ findings: Finding[]; audiences: string[] }>("POST", "/dev/explain", { text, ...options });

export function toMessage(error: unknown): string {
  return error instanceof Error ? error.message : "Something went wrong in this page.";
}
