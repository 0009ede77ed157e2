// A token for the next API, and requests with it.
import type { DPoPHandle } from "oauth4webapi";
import type { AuthScheme } from "../../errors.js";
import { checkPlace } from "../../issuer/places.js";
import type { OutboundToken } from "../exchange.js";
import { readRetryReason } from "./api-challenge.js";
import type { KeptToken } from "./granted-tokens.js";
import { sendWithToken } from "./proofs.js";

/** What a token is made from. */
export interface NextHop {
  readonly kept: KeptToken;
  /** For tokens that are bound. Undefined where none is. */
  readonly handle: DPoPHandle | undefined;
  /** Hosts that may be contacted over http. */
  readonly httpHosts: readonly string[];
  /** Forgets the token. False where a new one is not to be asked for. */
  readonly drop: () => boolean;
  readonly renew: () => Promise<KeptToken>;
}

/** The private field keeps the token out of logs: neither JSON nor `inspect` shows it (CWE-532). */
export class NextHopToken implements OutboundToken {
  readonly #hop: NextHop;

  constructor(hop: NextHop) {
    this.#hop = hop;
  }

  get value(): string {
    return this.#hop.kept.granted.value;
  }

  get scheme(): AuthScheme {
    return this.#hop.kept.granted.scheme;
  }

  get expiresAt(): number | undefined {
    return this.#hop.kept.expiresAt;
  }

  get scopes(): readonly string[] | undefined {
    return this.#hop.kept.granted.scopes;
  }

  async headers(method: string, url: string | URL): Promise<Readonly<Record<string, string>>> {
    const made: Record<string, string> = {};
    await this.#send(this.#hop.kept, { method, url: this.#toUrl(url) }, async (headers) => {
      Object.assign(made, headers);
      return new Response();
    });
    return made;
  }

  async fetch(url: string | URL, init: RequestInit = {}): Promise<Response> {
    // Anything else could become "follow" on its way into a request.
    const { redirect = "manual" } = init;
    if (redirect !== "manual" && redirect !== "error") {
      throw new TypeError("Redirects are not followed: a token is for one API");
    }
    const request = { method: init.method ?? "GET", url: this.#toUrl(url) };
    const send = (kept: KeptToken) =>
      this.#send(kept, request, (headers) =>
        globalThis.fetch(request.url, { ...withHeaders(init, headers), redirect }),
      );
    let kept = this.#hop.kept;
    let answer = await send(kept);
    // Each reason counts once.
    for (const reason of ["use_dpop_nonce", "invalid_token", "use_dpop_nonce"] as const) {
      if (readRetryReason(answer) !== reason) continue;
      if (reason === "invalid_token" && !this.#hop.drop()) return answer;
      if (!isReplayable(init.body)) return answer;
      // Where there is no new token, the API's own answer says more than why not.
      const next = reason === "invalid_token" ? await this.#hop.renew().catch(() => undefined) : kept;
      if (next === undefined) return answer;
      // Nothing reads it, and it would hold the connection.
      await answer.body?.cancel().catch(() => undefined);
      kept = next;
      answer = await send(kept);
    }
    return answer;
  }

  #send(
    { granted: { value: token, scheme } }: KeptToken,
    request: { readonly method: string; readonly url: URL },
    send: (headers: Record<string, string>) => Promise<Response>,
  ): Promise<Response> {
    const handle = scheme === "DPoP" ? this.#hop.handle : undefined;
    return sendWithToken({ token, ...request, handle }, send);
  }

  /** A token that crosses a network unencrypted can be used by all who read it (RFC 6750 §5.3). */
  #toUrl(given: string | URL): URL {
    const text = given instanceof URL ? given.href : given;
    const problem = URL.canParse(text) ? checkPlace(text, { httpHosts: this.#hop.httpHosts }) : "must be absolute";
    if (problem !== undefined) throw new TypeError(`The URL of the next API ${problem}`);
    return new URL(text);
  }
}

function withHeaders(init: RequestInit, own: Record<string, string>): RequestInit {
  const headers = new Headers(init.headers);
  for (const [name, value] of Object.entries(own)) headers.set(name, value);
  return { ...init, headers };
}

/** Whether the body can be sent twice. A stream was read, at least in part, the first time. */
function isReplayable(body: unknown): boolean {
  if (body === undefined || body === null || typeof body === "string") return true;
  if (body instanceof ArrayBuffer || ArrayBuffer.isView(body)) return true;
  return body instanceof URLSearchParams || body instanceof Blob || body instanceof FormData;
}
