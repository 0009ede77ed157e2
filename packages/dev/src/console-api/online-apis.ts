// The APIs that the console knows: addresses on this machine, and where their OpenAPI document is.
import { z } from "zod";
import { toComplaint } from "../config/complaint.js";
import { TenantError } from "../errors.js";
import { isLoopbackUrl } from "../loopback.js";

/** An API that runs on this machine. */
export interface OnlineApi {
  /** Its address: `http://127.0.0.1:3000`. Must be on this machine. */
  readonly url: string;
  /** How the console calls it. Default: the title of its document. */
  readonly name?: string | undefined;
  /** The path of its OpenAPI document in JSON. Default: the console tries the usual ones. */
  readonly openapi?: string | undefined;
}

const maxApis = 20;
const schema = z.strictObject({
  url: z.string().max(500).refine(isLoopbackUrl, "must be an address of this machine, such as http://127.0.0.1:3000"),
  name: z.string().min(1).max(100).optional(),
  openapi: z.string().max(500).startsWith("/", "must be a path, such as /openapi.json").optional(),
});
const examples = { url: '"http://127.0.0.1:3000"', name: '"Orders"', openapi: '"/openapi.json"' };

export class OnlineApis {
  readonly #apis = new Map<string, OnlineApi>();

  get all(): readonly OnlineApi[] {
    return [...this.#apis.values()];
  }

  /** Adds an API, or replaces the one at the same address. Throws a {@link TenantError}. */
  add(input: unknown): OnlineApi {
    const result = schema.safeParse(input);
    if (!result.success) {
      const wording = { whole: "the API", examples };
      const complaints = result.error.issues.map((issue) => toComplaint(issue, input, wording));
      throw new TenantError("invalid_request", complaints.join(" "));
    }
    const url = toBase(result.data.url);
    if (!this.#apis.has(url) && this.#apis.size >= maxApis) {
      throw new TenantError("invalid_request", `The console knows ${maxApis} APIs at most. Remove one first.`);
    }
    const api = { ...result.data, url };
    this.#apis.set(url, api);
    return api;
  }

  /** Throws a {@link TenantError} for an API that is not known: a misspelt address must not pass. */
  remove(url: string | null): void {
    if (url !== null && URL.canParse(url) && this.#apis.delete(toBase(url))) return;
    const known = [...this.#apis.keys()].join(", ") || "none";
    throw new TenantError(
      "invalid_request",
      `The console does not show ${url ?? "an API without `url`"}. It shows: ${known}.`,
    );
  }

  /** Whether an address belongs to one of the APIs. Compares origins (RFC 6454 §5). */
  has(url: URL): boolean {
    return this.all.some((api) => new URL(api.url).origin === url.origin);
  }
}

/** Without a query, a fragment or a slash at the end. */
function toBase(text: string): string {
  const { origin, pathname } = new URL(text);
  return (origin + pathname).replace(/\/+$/, "");
}
