// Why an issuer's metadata, keys or word on a token cannot be had: what the network said, and what that means.
import type { AuthError } from "../../errors.js";
import { toCause } from "../../monitoring/safe-message.js";
import { describeValue } from "../describe.js";
import type { Specific } from "../facts.js";
import { redact } from "../redact.js";

interface Fault {
  /** Codes of our own errors, and of Node.js, its TLS and `fetch`. */
  readonly codes?: readonly string[];
  /** For codes that are many: OpenSSL has a name for each fault of a certificate. */
  readonly codesLike?: RegExp;
  readonly statuses?: (status: number) => boolean;
  /** Instead of the usual cause. */
  readonly cause?: string;
  readonly fix: string;
}

/** What a failure is told by. The first row that fits. */
const faults: readonly Fault[] = [
  {
    codes: ["ENOTFOUND", "EAI_AGAIN"],
    fix: "DNS does not know the host: check its spelling, and whether this machine or container can resolve it (`nslookup`).",
  },
  {
    codes: ["ECONNREFUSED"],
    fix: "Nothing listens there: start the provider, or correct host and port. In a container `localhost` is the container itself: keep the public issuer, and set `discoveryUrl` to the address that is reachable from here, with its host and port in `insecureHttpHosts` where that is plain http.",
  },
  {
    codesLike: /CERT|SELF_SIGNED|UNABLE_TO|ALTNAME|EPROTO|SSL/,
    fix: "TLS failed: this machine does not trust the certificate. Give Node.js the authority's certificate as NODE_EXTRA_CA_CERTS; never switch the check off.",
  },
  {
    codes: ["ETIMEDOUT", "UND_ERR_CONNECT_TIMEOUT", "EHOSTUNREACH", "ENETUNREACH", "timeout", "no_time"],
    fix: "No answer in time: a firewall, or a network that only a proxy leaves. Node's fetch reads HTTPS_PROXY only with NODE_USE_ENV_PROXY=1 (Node 24); otherwise give the guard a `fetch` that goes through the proxy.",
  },
  {
    codes: ["redirected"],
    fix: "The address redirects elsewhere, often to a login page of a proxy. Configure the address that answers itself.",
  },
  {
    statuses: (status) => [401, 403, 404].includes(status),
    fix: "The address is not there, or not public: check the path of the issuer (a realm, a tenant id, `/v2.0`), or set `discoveryUrl`.",
  },
  {
    statuses: (status) => status === 406,
    fix: "The server, or a gateway in front of it, answers 406 although every media type was accepted: see what changes or judges the request's `Accept` header.",
  },
  {
    statuses: (status) => status === 407,
    fix: "A proxy demands credentials: add them to this machine's proxy settings.",
  },
  {
    statuses: (status) => status === 429 || status >= 500,
    fix: "The provider has a fault, or limits how often it is asked. Try again later. Keys that were fetched before are still used.",
  },
  {
    codes: ["not_json", "not_a_key_set"],
    fix: "Something else than the provider answered, such as a login page or a proxy's error page: open the address from this machine.",
  },
  {
    codes: ["issuer_mismatch"],
    fix: "Configure `issuer` exactly as the provider's own metadata names it, slash included.",
  },
  {
    codes: ["no_usable_key"],
    fix: "The provider publishes no key that can verify signatures: check its signing algorithm.",
  },
  {
    codes: ["not_asked"],
    cause: "The token's `kid` is not in the issuer's keys at hand, and may be new.",
    fix: "Send the request again after `Retry-After` seconds. If that goes on, find out who sends tokens with made-up key ids.",
  },
];

/** URL, status and what the network said, as far as it may be told: an error that was not made here may quote the token (CWE-532). */
export function explainOutage(error: AuthError): Specific | undefined {
  if (!(error.cause instanceof Error)) return undefined;
  const message = describeValue(redact(toCause(error)));
  const data = readData(error.cause);
  const { cause, fix } = faults.find((fault) => isOf(fault, data)) ?? {};
  return { detail: `${message}.`, ...(cause !== undefined && { cause }), ...(fix !== undefined && { fix }) };
}

/** What an error says as data. */
interface ErrorData {
  readonly codes: readonly string[];
  readonly status: number | undefined;
}

function isOf({ codes = [], codesLike, statuses }: Fault, data: ErrorData): boolean {
  if (data.status !== undefined && statuses?.(data.status)) return true;
  return data.codes.some((code) => codes.includes(code) || codesLike?.test(code));
}

/** `fetch` hides the system's error one or two causes deep. */
const deepestCause = 4;

/** Never throws: the error may be of the developer's own code. */
function readData(error: unknown): ErrorData {
  const codes: string[] = [];
  let status: number | undefined;
  try {
    let current = error;
    for (let depth = 0; depth < deepestCause && typeof current === "object" && current !== null; depth++) {
      const { code, status: own, cause, name } = current as Readonly<Record<string, unknown>>;
      if (typeof code === "string") codes.push(code);
      if (name === "TimeoutError") codes.push("timeout");
      if (typeof own === "number") status ??= own;
      current = cause;
    }
  } catch {
    // What was read so far is used.
  }
  return { codes, status };
}
