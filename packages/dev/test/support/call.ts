// The documented HTTP calls of a tenant, as a program in any language makes them.
import type { Tenant } from "../../src/index.js";

export interface CallAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks at members that it expects
  readonly body: any;
}

/** `call(tenant, "PUT /dev/personas/dora", {})`. */
export async function call({ issuer }: Pick<Tenant, "issuer">, route: string, body?: unknown): Promise<CallAnswer> {
  const [method = "GET", path = ""] = route.split(" ");
  const init = { method, ...(body !== undefined && { body: JSON.stringify(body) }) };
  const response = await fetch(new URL(path, issuer), init);
  const text = await response.text();
  return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
}
