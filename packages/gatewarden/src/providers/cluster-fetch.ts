// A `fetch` for a cluster's API server: it trusts the cluster's authority and sends the pod's own
// token. Node.js only.
import type { IncomingMessage } from "node:http";

/** Locations of the pod's credentials. */
export interface ClusterFetchOptions {
  /** The authority's certificate. Default: that of the pod's service account. */
  readonly caFile?: string;
  /**
   * The pod's own token, which the API server requires. Read anew for each request, since it is
   * rotated. Default: that of the service account.
   */
  readonly tokenFile?: string;
  /**
   * The API server's origin, the only one that the token is sent to. Default
   * `https://kubernetes.default.svc`.
   */
  readonly apiServer?: string;
}

const account = "/var/run/secrets/kubernetes.io/serviceaccount";

/**
 * For the guard's option `fetch`, with `kubernetes`. Other origins are fetched as usual, without
 * token and authority.
 */
export function createClusterFetch(options: ClusterFetchOptions = {}): typeof globalThis.fetch {
  const { caFile = `${account}/ca.crt`, tokenFile = `${account}/token` } = options;
  const { origin } = new URL(options.apiServer ?? "https://kubernetes.default.svc");
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    // The token opens the cluster's API, so it is sent to no other server (CWE-522).
    if (url.origin !== origin) return globalThis.fetch(input, init);
    const { readFile } = nodeModule("node:fs/promises");
    const [ca, token] = await Promise.all([readFile(caFile, "utf8"), readFile(tokenFile, "utf8")]);
    return ask(url, { ca, token: token.trim(), signal: init?.signal ?? undefined });
  };
}

interface NodeModules {
  readonly "node:fs/promises": typeof import("node:fs/promises");
  readonly "node:https": typeof import("node:https");
  readonly "node:stream": typeof import("node:stream");
}

/** Looked up when needed: an import would break bundlers for other hosts, which never call this. */
function nodeModule<Name extends keyof NodeModules>(name: Name): NodeModules[Name] {
  return globalThis.process.getBuiltinModule(name) as NodeModules[Name];
}

interface Question {
  readonly ca: string;
  readonly token: string;
  readonly signal: AbortSignal | undefined;
}

/** Follows no redirect. The body is streamed, so that the reader can stop. */
async function ask(url: URL, { ca, token, signal }: Question): Promise<Response> {
  const [{ request }, { Readable }] = [nodeModule("node:https"), nodeModule("node:stream")];
  const headers = { accept: "application/jwk-set+json, application/json, */*;q=0.1", authorization: `Bearer ${token}` };
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { ca, headers, ...(signal && { signal }) }, (incoming) => {
      // No caller is there to catch what a listener throws (CWE-248).
      try {
        resolve(toAnswer(incoming, Readable));
      } catch (error) {
        incoming.destroy();
        reject(error);
      }
    });
    outgoing.on("error", reject);
    outgoing.end();
  });
}

/** These have no body, and a `Response` takes none for them (Fetch §6, "null body status"). */
const withoutBody: readonly number[] = [204, 205, 304];

/** Throws `RangeError` for a status that no `Response` can have. */
function toAnswer(incoming: IncomingMessage, { toWeb }: typeof import("node:stream").Readable): Response {
  const { statusCode: status = 502 } = incoming;
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) headers.set(name, String(value));
  const isEmpty = withoutBody.includes(status);
  if (isEmpty) incoming.resume();
  return new Response(isEmpty ? null : (toWeb(incoming) as ReadableStream), { status, headers });
}
