// Errors of sockets and `fetch` → a few words and the code that one can search for.

const words: Readonly<Record<string, string>> = {
  ENOTFOUND: "the host name is not known",
  EAI_AGAIN: "DNS did not answer",
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the connection was cut",
  UND_ERR_SOCKET: "the connection was cut",
  EPIPE: "the connection was cut",
  ETIMEDOUT: "no answer came in time",
  UND_ERR_CONNECT_TIMEOUT: "no answer came in time",
  ENETUNREACH: "the network cannot be reached",
  EHOSTUNREACH: "the host cannot be reached",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is self-signed",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate comes from an unknown authority",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate comes from an unknown authority",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its certificate comes from an unknown authority",
  CERT_HAS_EXPIRED: "its certificate has expired",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another host",
  HPE_INVALID_CONSTANT: "it does not speak HTTP",
};

/** The code of an error or of its innermost cause. */
export function readErrorCode(error: unknown): string | undefined {
  for (let current = error, depth = 0; current instanceof Error && depth < 5; current = current.cause, depth++) {
    const inner = current instanceof AggregateError ? (current.errors[0] as unknown) : current;
    const { code } = (inner ?? {}) as { code?: unknown };
    if (typeof code === "string" && code !== "ERR_INVALID_STATE") return code;
  }
  return undefined;
}

/** A clause such as "the connection was refused (ECONNREFUSED)". */
export function describeNetworkError(error: unknown): string {
  const code = readErrorCode(error);
  if (code === undefined) return error instanceof Error && error.message !== "" ? error.message : "it failed";
  const known = words[code];
  return known === undefined ? code : `${known} (${code})`;
}
