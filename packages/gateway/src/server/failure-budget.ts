// How many refused tokens an address may send: each costs a signature check, and guessing needs
// many (CWE-307, CWE-770). Bounded memory: addresses that were quiet for longest are forgotten.
import { createHash } from "node:crypto";
import type { AuthError } from "gatewarden";
import type { Limits } from "../config.js";
import type { SentHeaders } from "../proxy/headers.js";
import { GatewayRefusal } from "../refusals.js";
import { type CredentialPlaces, readCredentials } from "./credentials.js";

/** The budget of every address. */
export interface FailureBudget {
  /** Throws `GatewayRefusal` (`too_many_failures`) for a request with credentials. */
  refuseExhausted(address: string | undefined, headers: SentHeaders, places: CredentialPlaces): void;
  /** Counts a refused token, whether it was verified again or remembered as bad. */
  countRefusal(address: string | undefined, error: AuthError): void;
  /** Remembers a good token of an address that has failures: its users keep working. */
  recordAccepted(address: string | undefined, headers: SentHeaders, places: CredentialPlaces): void;
}

interface Account {
  /** Failures left, at `at`. */
  left: number;
  at: number;
  readonly accepted: Set<string>;
}

const maxAccepted = 16;

/** `now` is monotonic, in seconds. */
export function createFailureBudget(
  { count, per, addresses }: NonNullable<Limits["failures"]>,
  now: () => number,
): FailureBudget {
  const accounts = new Map<string, Account>();
  const refill = (account: Account) => {
    const at = now();
    account.left = Math.min(count, account.left + ((at - account.at) * count) / per);
    account.at = at;
  };
  const open = (key: string): Account => {
    const account = accounts.get(key) ?? { left: count, at: now(), accepted: new Set() };
    accounts.delete(key);
    accounts.set(key, account);
    if (accounts.size > addresses) accounts.delete(accounts.keys().next().value as string);
    refill(account);
    return account;
  };
  return {
    refuseExhausted(address, headers, places) {
      const key = toKey(address);
      const account = key === undefined ? undefined : accounts.get(key);
      if (account === undefined) return;
      refill(account);
      if (account.left >= 1) return;
      const credentials = readCredentials(headers, places);
      if (credentials === undefined || account.accepted.has(toDigest(credentials))) return;
      throw new GatewayRefusal("too_many_failures", {
        retryAfter: Math.max(1, Math.ceil(((1 - account.left) * per) / count)),
      });
    },
    countRefusal(address, error) {
      const key = toKey(address);
      if (key === undefined || !isFailure(error)) return;
      const account = open(key);
      account.left = Math.max(0, account.left - 1);
    },
    recordAccepted(address, headers, places) {
      const key = toKey(address);
      const account = key === undefined ? undefined : accounts.get(key);
      if (key === undefined || account === undefined) return;
      refill(account);
      if (account.left >= count) return void accounts.delete(key);
      if (account.accepted.size >= maxAccepted) return;
      const credentials = readCredentials(headers, places);
      if (credentials !== undefined) account.accepted.add(toDigest(credentials));
    },
  };
}

/** A missing or foreign credential costs nothing; a valid token without a grant is not a guess. */
function isFailure({ status, reason }: AuthError): boolean {
  if (reason === "credentials_missing" || reason === "scheme_unsupported" || reason === "dpop_nonce_required")
    return false;
  return status === 401 ? !reason.startsWith("authentication_too_") : status === 400 && reason !== "target_unknown";
}

/** A network of IPv6 has 2^64 addresses, all of one customer (RFC 6177). */
function toKey(address: string | undefined): string | undefined {
  // Addresses were checked before (proxy/original-request.ts): only those of IPv6 have a colon.
  if (address === undefined || !address.includes(":")) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [head = "", tail] = address.replace(/%.*$/, "").split("::", 2);
  const left = head === "" ? [] : head.split(":");
  const missing = tail === undefined ? 0 : 8 - left.length - (tail === "" ? 0 : tail.split(":").length);
  const groups = [...left, ...Array.from({ length: missing }, () => "0"), ...(tail ? tail.split(":") : [])];
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":");
}

function toDigest(credentials: unknown): string {
  return createHash("sha256").update(JSON.stringify(credentials)).digest("base64");
}
