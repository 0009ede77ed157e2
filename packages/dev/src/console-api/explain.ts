// Explains a token or a request with the library's own `explain`. Nothing is stored.
import { z } from "zod";
import { toComplaint } from "../config/complaint.js";
import type { TenantConfig } from "../config/model.js";
import { withoutSignalsApi } from "../config/signals-api.js";
import { TenantError } from "../errors.js";
import type { KeyRing } from "../keys/key-ring.js";
import { readPasted } from "./pasted.js";

/** One fact about a token, as the library writes it. */
interface Finding {
  readonly code: string;
  readonly severity: string;
  readonly message: string;
  readonly fix: string;
  readonly expected?: unknown;
  readonly actual?: unknown;
}

/** The part of the library that is used here. It is an optional peer. */
interface Library {
  readonly createGuard: (options: unknown) => {
    readonly explain: (presented: unknown, ...requirement: readonly unknown[]) => Promise<readonly Finding[]>;
  };
  readonly permission: (...names: readonly string[]) => unknown;
}

export interface ExplainContext {
  readonly issuer: string;
  readonly config: TenantConfig;
  readonly keys: KeyRing;
}

export interface ExplainReport {
  readonly issuer: string;
  readonly audiences: readonly string[];
  readonly findings: readonly Finding[];
}

const schema = z.strictObject({
  text: z.string(),
  audience: z.string().min(1).optional(),
  permissions: z.array(z.string().min(1)).max(50).optional(),
});
const examples = { text: '"eyJ…"', audience: '"https://api.example.com"', permissions: '["read:admin"]' };

/**
 * Everything that is wrong with what the text says, for an API that trusts this tenant. Checks
 * against the tenant's keys as they are now. Throws a {@link TenantError}.
 */
export async function explainText(context: ExplainContext, input: unknown): Promise<ExplainReport> {
  const result = schema.safeParse(input);
  if (!result.success) {
    const wording = { whole: "the question", examples };
    const complaints = result.error.issues.map((issue) => toComplaint(issue, input, wording));
    throw new TenantError("invalid_request", complaints.join(" "));
  }
  const { audience, permissions = [], text } = result.data;
  const { issuer, config, keys } = context;
  const audiences = audience === undefined ? withoutSignalsApi(config).map((api) => api.audience) : [audience];
  const { createGuard, permission } = await loadLibrary();
  const jwks = { keys: keys.publicKeys };
  const guard = createGuard({ issuer, audience: audiences, keys: { jwks }, dpop: { mode: "allowed" }, env: {} });
  const need = permissions.length > 0 ? [permission(...permissions)] : [];
  return { issuer, audiences, findings: await guard.explain(readPasted(text), ...need) };
}

async function loadLibrary(): Promise<Library> {
  // Its types are not needed: this package is built before it.
  const name: string = "gatewarden";
  try {
    return (await import(name)) as Library;
  } catch (cause) {
    const fix = "Install it beside @gatewarden/dev: npm install gatewarden";
    throw new TenantError("invalid_request", `The library gatewarden, which explains, cannot be loaded. ${fix}`, {
      cause,
    });
  }
}
