// Why an issuer's metadata, keys or word on a token cannot be had: what the network said, and what that means.
import type { AuthError } from "../../errors.js";
import { toCause } from "../../monitoring/safe-message.js";
import { describeValue } from "../describe.js";
import type { Specific } from "../facts.js";
import { redact } from "../redact.js";

interface Fault {
  readonly pattern: RegExp;
  /** Instead of the usual cause. */
  readonly cause?: string;
  readonly fix: string;
}

/** Codes of Node.js, of its TLS and of fetch, in the words of errors. The first that fits. */
const faults: readonly Fault[] = [
  {
    pattern: /ENOTFOUND|EAI_AGAIN/,
    fix: "DNS does not know the host: check its spelling, and whether this machine or container can resolve it (`nslookup`).",
  },
  {
    pattern: /ECONNREFUSED/,
    fix: "Nothing listens there: start the provider, or correct host and port. In a container `localhost` is the container itself: keep the public issuer, and set `discoveryUrl` to the address that is reachable from here.",
  },
  {
    pattern: /CERT|SELF_SIGNED|UNABLE_TO|ALTNAME|EPROTO|SSL/,
    fix: "TLS failed: this machine does not trust the certificate. Give Node.js the authority's certificate as NODE_EXTRA_CA_CERTS; never switch the check off.",
  },
  {
    pattern: /ETIMEDOUT|did not finish|CONNECT_TIMEOUT|EHOSTUNREACH|ENETUNREACH|no time was left/,
    fix: "No answer in time: a firewall, or a network that only a proxy leaves. Node's fetch reads HTTPS_PROXY only with NODE_USE_ENV_PROXY=1 (Node 24); otherwise give the guard a `fetch` that goes through the proxy.",
  },
  {
    pattern: /redirected/,
    fix: "The address redirects elsewhere, often to a login page of a proxy. Configure the address that answers itself.",
  },
  {
    pattern: /status 40[134]/,
    fix: "The address is not there, or not public: check the path of the issuer (a realm, a tenant id, `/v2.0`), or set `discoveryUrl`.",
  },
  {
    pattern: /status 407/,
    fix: "A proxy demands credentials: add them to this machine's proxy settings.",
  },
  {
    pattern: /status (429|5\d\d)/,
    fix: "The provider has a fault, or limits how often it is asked. Try again later. Keys that were fetched before are still used.",
  },
  {
    pattern: /not JSON|no "keys" array/,
    fix: "Something else than the provider answered, such as a login page or a proxy's error page: open the address from this machine.",
  },
  {
    pattern: /says the issuer is/,
    fix: "Configure `issuer` exactly as the provider's own metadata names it, slash included.",
  },
  {
    pattern: /no usable key/,
    fix: "The provider publishes no key that can verify signatures: check its signing algorithm.",
  },
  {
    pattern: /unknown key ids too often/,
    cause: "The token's `kid` is not in the issuer's keys at hand, and may be new.",
    fix: "Send the request again after `Retry-After` seconds. If that goes on, find out who sends tokens with made-up key ids.",
  },
];

/** URL, status and what the network said, as far as it may be told: an error that was not made here may quote the token (CWE-532). */
export function explainOutage(error: AuthError): Specific | undefined {
  if (!(error.cause instanceof Error)) return undefined;
  const message = describeValue(redact(toCause(error)));
  const { cause, fix } = faults.find(({ pattern }) => pattern.test(message)) ?? {};
  return { detail: `${message}.`, ...(cause !== undefined && { cause }), ...(fix !== undefined && { fix }) };
}
