// Why an issuer cannot be reached, identified by codes of Node.js, its TLS and `fetch` (undici),
// and of our own errors. The only table of such faults: `explain` and `gatewarden doctor` both read
// it.

/** One fault and its fix. */
export interface NetworkFault {
  /** Codes of an error or of its causes. */
  readonly codes?: readonly string[];
  /** For families of codes: OpenSSL has one for each fault of a certificate. */
  readonly codesLike?: RegExp;
  readonly statuses?: (status: number) => boolean;
  /** A clause, such as "the connection was refused". */
  readonly what?: string;
  /** Replaces the usual cause of the reason. */
  readonly cause?: string;
  readonly fix: string;
  /** Whether the provider's own fix, if any, is better: a server answered, but not as expected. */
  readonly isProviders?: true;
}

const privateAuthority =
  "TLS failed: this machine does not trust the certificate. Give Node.js the authority's certificate as NODE_EXTRA_CA_CERTS; never switch the check off.";

const names: readonly NetworkFault[] = [
  {
    codes: ["ENOTFOUND"],
    what: "the host name is not known",
    fix: "DNS does not know the host: check its spelling, and whether this machine or container can resolve it (`nslookup`).",
  },
  {
    codes: ["EAI_AGAIN", "ETIMEOUT", "ESERVFAIL"],
    what: "DNS did not answer",
    fix: "Check the DNS servers of this machine or container (/etc/resolv.conf, VPN, container network). The name may well exist: try again.",
  },
];

const connections: readonly NetworkFault[] = [
  {
    codes: ["ECONNREFUSED"],
    what: "the connection was refused",
    fix: "Nothing listens there: start the provider, or correct host and port. In a container `localhost` is the container itself: keep the public issuer, and set `discoveryUrl` to the address that is reachable from here, with its host and port in `insecureHttpHosts` where that is plain http.",
  },
  {
    codes: ["ECONNRESET", "ECONNABORTED", "UND_ERR_SOCKET", "EPIPE"],
    what: "the connection was cut",
    fix: "The other side, or a proxy or firewall in between, ended the connection in the middle. It is tried again by itself. If that goes on, look at `curl -v` from this machine: http spoken to a port of https, a proxy that closes idle connections, a server that restarts.",
  },
  {
    // https://nodejs.org/api/net.html#netgetdefaultautoselectfamilyattempttimeout,
    // nodejs/node#52216.
    codes: ["ETIMEDOUT", "UND_ERR_CONNECT_TIMEOUT"],
    what: "no connection came about in time",
    fix: "A far host, a firewall, or a network that only a proxy leaves. Node.js gives each address 250 ms (500 in newer versions): start it with `NODE_OPTIONS=--network-family-autoselection-attempt-timeout=2000`, and raise `keys.timeout` if it takes longer. Node's fetch reads HTTPS_PROXY only with NODE_USE_ENV_PROXY=1 (Node 24); otherwise give the guard a `fetch` that goes through the proxy.",
  },
  {
    codes: ["EHOSTUNREACH", "ENETUNREACH", "EADDRNOTAVAIL"],
    what: "the host cannot be reached",
    fix: "There is no way to the address: check this machine's network, VPN and routes. Containers often have no IPv6: prefer IPv4 with NODE_OPTIONS=--dns-result-order=ipv4first. If only a proxy leaves the network, see NODE_USE_ENV_PROXY=1 (Node 24), or give the guard a `fetch` that goes through it.",
  },
  {
    codes: ["UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT", "timeout", "no_time"],
    what: "no answer came in time",
    fix: "No answer in time: the server is slow, or a firewall or proxy holds the answer back. Compare `curl -v` from this machine, and raise `keys.timeout` if the server needs longer.",
  },
  {
    // For example nodejs/undici: a dispatcher of version 8 with the fetch of Node 22
    // (openai/openai-node#1886).
    codes: ["UND_ERR_INVALID_ARG"],
    what: "`fetch` was given an option that it does not take",
    fix: "Nothing was sent. Most often a `dispatcher` (Agent, ProxyAgent) of one version of undici is used with the fetch of another: import `fetch` from the same undici as the dispatcher, and give the guard that as `fetch`.",
  },
  {
    codesLike: /^HPE_/,
    what: "it does not speak HTTP",
    fix: "Something else than an HTTP server answers there: check scheme and port.",
  },
];

// https://nodejs.org/api/tls.html#x509-certificate-error-codes
const certificates: readonly NetworkFault[] = [
  {
    codes: ["DEPTH_ZERO_SELF_SIGNED_CERT"],
    what: "its certificate is self-signed",
    fix: privateAuthority,
    isProviders: true,
  },
  {
    codes: ["SELF_SIGNED_CERT_IN_CHAIN", "UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "UNABLE_TO_GET_ISSUER_CERT"],
    what: "its certificate comes from an unknown authority",
    fix: `${privateAuthority} It may be that of a proxy that opens TLS.`,
    isProviders: true,
  },
  {
    codes: ["UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
    what: "its certificate comes alone, or from an unknown authority",
    fix: `Let the server send the full chain (often a file called fullchain.pem). ${privateAuthority}`,
  },
  {
    codes: ["CERT_HAS_EXPIRED", "CERT_NOT_YET_VALID"],
    what: "its certificate has expired, or is not valid yet",
    fix: "Renew the certificate at the server. If its dates are right, this machine's clock is wrong: synchronise it.",
  },
  {
    codes: ["ERR_TLS_CERT_ALTNAME_INVALID"],
    what: "its certificate is for another host",
    fix: "Use a name that the certificate is for, or give the server one for this name. If the name is the inner one of a network, keep the public issuer and set `discoveryUrl`; never switch the check off.",
  },
  {
    codes: ["EPROTO", "ERR_SSL_WRONG_VERSION_NUMBER", "ERR_SSL_PACKET_LENGTH_TOO_LONG"],
    what: "TLS could not be spoken with it",
    fix: "Check scheme and port: this is what https against a port of plain http looks like. Otherwise compare TLS versions and ciphers.",
  },
  {
    codesLike: /CERT|SELF_SIGNED|UNABLE_TO|ALTNAME|SSL/,
    what: "its certificate is not trusted",
    fix: privateAuthority,
    isProviders: true,
  },
];

const answers: readonly NetworkFault[] = [
  {
    codes: ["redirected"],
    fix: "The address redirects elsewhere, often to a login page of a proxy. Configure the address that answers itself.",
  },
  {
    statuses: (status) => [401, 403, 404].includes(status),
    fix: "The address is not there, or not public: check the path of the issuer (a realm, a tenant id, `/v2.0`), or set `discoveryUrl`.",
    isProviders: true,
  },
  {
    statuses: (status) => status === 407,
    fix: "A proxy demands credentials: add them to this machine's proxy settings.",
  },
  {
    // RFC 9110 §15.5.7.
    statuses: (status) => status === 406,
    fix: "The server has the document in no form that was asked for (`Accept`): a gateway in between may have changed the header. Compare `curl -v` from this machine.",
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
    codes: ["too_large"],
    fix: "The answer is larger than 512 KiB. Documents of issuers are a few KiB long: check the address.",
  },
  {
    codes: ["issuer_mismatch"],
    fix: "Configure `issuer` exactly as the provider's own metadata names it, slash included.",
    isProviders: true,
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

/** In order: the first match applies. */
const faults: readonly NetworkFault[] = [...names, ...connections, ...certificates, ...answers];

/** The codes and status of an error. */
interface ErrorData {
  readonly codes: readonly string[];
  readonly status: number | undefined;
}

/** `fetch` nests the system's error one or two causes deep. */
const deepestCause = 5;

/** The fault behind an error, found by its codes and those of its causes. Never throws. */
export function findFault(error: unknown): NetworkFault | undefined {
  const data = readData(error);
  return faults.find((fault) => fits(fault, data));
}

/** The fault that a code belongs to. */
export function findFaultOfCode(code: string): NetworkFault | undefined {
  return faults.find((fault) => fits(fault, { codes: [code], status: undefined }));
}

function fits({ codes = [], codesLike, statuses }: NetworkFault, data: ErrorData): boolean {
  if (data.status !== undefined && statuses?.(data.status)) return true;
  return data.codes.some((code) => codes.includes(code) || codesLike?.test(code));
}

/** Never throws, although the error may come from the application's code. */
function readData(error: unknown): ErrorData {
  const codes: string[] = [];
  let status: number | undefined;
  try {
    let current = error;
    for (let depth = 0; depth < deepestCause && typeof current === "object" && current !== null; depth++) {
      const { code, status: own, cause, name, errors } = current as Readonly<Record<string, unknown>>;
      if (typeof code === "string") codes.push(code);
      if (name === "TimeoutError") codes.push("timeout");
      if (typeof own === "number") status ??= own;
      // If several addresses were tried, the first error counts. Their aggregate has the same code
      // or none.
      current = cause ?? (Array.isArray(errors) ? errors[0] : undefined);
    }
  } catch {
    // Uses what was read so far.
  }
  return { codes, status };
}
