// The key pair to which this client's tokens are bound, and the headers of requests with them (RFC
// 9449 §4, §7.1).
import * as oauth from "oauth4webapi";

const own = ["authorization", "dpop"];

/** Sends the request with these headers. A nonce in its answer is kept for the next proof. */
export type SendWith = (headers: Record<string, string>) => Promise<Response>;

/** One key pair per client, made with its first request. */
export interface Proofs {
  handle(): Promise<oauth.DPoPHandle>;
}

/** The private key cannot be extracted. */
export function createProofs(): Proofs {
  let made: Promise<oauth.DPoPHandle> | undefined;
  return {
    handle() {
      made ??= oauth.generateKeyPair("ES256").then((keys) => oauth.DPoP({}, keys));
      made.catch(() => {
        made = undefined;
      });
      return made;
    },
  };
}

/** A request to an API. */
export interface ApiRequest {
  readonly token: string;
  readonly method: string;
  readonly url: URL;
  /** Undefined for a bearer token. */
  readonly handle: oauth.DPoPHandle | undefined;
}

/**
 * Sends with `authorization`, and with a proof for this method and URL. Resolves to the answer,
 * whatever it is.
 */
export async function sendWithToken({ token, method, url, handle }: ApiRequest, send: SendWith): Promise<Response> {
  let answer: Response | undefined;
  const relay = async (_url: string, { headers }: { readonly headers: Record<string, string> }) => {
    answer = await send(Object.fromEntries(Object.entries(headers).filter(([name]) => own.includes(name))));
    return answer;
  };
  const options = {
    ...{ [oauth.customFetch]: relay, [oauth.allowInsecureRequests]: true },
    ...(handle && { DPoP: handle }),
  };
  try {
    await oauth.protectedResourceRequest(token, method, url, undefined, null, options);
  } catch (error) {
    // A challenge is an answer.
    if (answer === undefined) throw error;
  }
  return answer as Response;
}
