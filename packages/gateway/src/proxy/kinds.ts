// The proxies that the gateway serves, a row each. One process serves one kind, so nothing in a
// request chooses how it is read (CVE-2026-40575).

/** Where a proxy says what the client asked for. All names are in lower case. */
export interface ProxyKind {
  /** `headers`: the proxy describes the request. `itself`: the proxy repeats it. */
  readonly reads: "headers" | "itself";
  readonly method: string;
  readonly target: string;
  readonly host: string;
  readonly scheme: string;
  readonly address: string;
  /** Whether `address` is a list to which this proxy appended its peer. */
  readonly isAddressList: boolean;
  /** Whether the proxy understands 2xx, 401 and 403 only; the rest then travels in headers. */
  readonly needsRestoring: boolean;
}

const original = {
  reads: "headers",
  method: "x-original-method",
  target: "x-original-uri",
  host: "x-original-host",
  scheme: "x-original-proto",
  address: "x-original-address",
  isAddressList: false,
  needsRestoring: false,
} as const satisfies ProxyKind;

const forwarded = {
  reads: "headers",
  method: "x-forwarded-method",
  target: "x-forwarded-uri",
  host: "x-forwarded-host",
  scheme: "x-forwarded-proto",
  address: "x-forwarded-for",
  isAddressList: true,
  needsRestoring: false,
} as const satisfies ProxyKind;

/** Every kind by its name in the rules file. */
export const proxyKinds = {
  nginx: { ...original, needsRestoring: true },
  haproxy: original,
  apache: original,
  caddy: forwarded,
  traefik: forwarded,
  envoy: { ...forwarded, reads: "itself" },
  // Attributes of a message, which grpc/check-request.ts puts under these names.
  "envoy-grpc": { ...original, reads: "itself" },
} as const satisfies Readonly<Record<string, ProxyKind>>;

/** The name of a kind. */
export type ProxyName = keyof typeof proxyKinds;
