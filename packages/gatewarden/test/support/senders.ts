// A client that holds a key, tokens bound to it, and proofs good and bad; and a guard that knows the issuer of those tokens.
import { createHash, type JsonWebKey, type KeyObject, randomUUID } from "node:crypto";
import { calculateJwkThumbprint, SignJWT } from "jose";
import {
  AuthError,
  type Connection,
  createGuard,
  type Guard,
  type GuardOptions,
  type GuardRequest,
} from "../../src/index.js";
import { createKey, encode, signText } from "./forge.js";

/** The time of all tests that do not move it. */
export const time = 1_800_000_000;
export const url = "https://api.example.com/orders";

const issuerKey = createKey("ES256");
const issuer = "https://issuer.example/";
const audience = "https://api.example.com";

export interface Sender {
  readonly alg: string;
  readonly privateKey: KeyObject;
  readonly jwk: JsonWebKey;
  /** Computed by an independent library. */
  readonly jkt: string;
}

export async function createSender(alg = "ES256"): Promise<Sender> {
  const { privateKey, publicKey } = createKey(alg);
  const jwk = publicKey.export({ format: "jwk" });
  return {
    alg,
    privateKey,
    jwk,
    jkt: await calculateJwkThumbprint(jwk as Parameters<typeof calculateJwkThumbprint>[0]),
  };
}

export type Members = Readonly<Record<string, unknown>>;

/** A token of the trusted issuer. `undefined` removes a claim. */
export function issue(claims: Members): Promise<string> {
  const all = { iss: issuer, aud: audience, sub: "user|1", iat: time - 10, exp: time + 3600, ...claims };
  return new SignJWT(JSON.parse(JSON.stringify(all)))
    .setProtectedHeader({ alg: "ES256", typ: "at+jwt" })
    .sign(issuerKey.privateKey);
}

export function hashOf(token: string): string {
  return createHash("sha256").update(token).digest("base64url");
}

export interface ProofChanges {
  readonly header?: Members;
  readonly claims?: Members;
  /** Who signs, whatever the header says. */
  readonly signer?: Sender;
}

/** A proof for `GET url` with the token, that differs from a good one only in what is given. */
export function prove(sender: Sender, token: string, { header, claims, signer = sender }: ProofChanges = {}): string {
  const usualHeader = { typ: "dpop+jwt", alg: sender.alg, jwk: sender.jwk };
  const usualClaims = { jti: randomUUID(), htm: "GET", htu: url, iat: time, ath: hashOf(token) };
  return signParts(
    JSON.stringify({ ...usualHeader, ...header }),
    JSON.stringify({ ...usualClaims, ...claims }),
    signer,
  );
}

/** A signature over any text as header and payload. */
export function signParts(header: string, payload: string, { alg, privateKey }: Sender): string {
  const input = `${encode(header)}.${encode(payload)}`;
  return `${input}.${signText(alg, privateKey, input).toString("base64url")}`;
}

/** What such a guard is told, as plain data. */
export function plainOptions(): GuardOptions {
  const jwks = { keys: [{ ...issuerKey.publicKey.export({ format: "jwk" }) }] };
  return { issuer, audience, keys: { jwks }, dpop: { mode: "allowed" } };
}

/** A guard that knows the issuer. DPoP is allowed unless the options say otherwise. */
export function guardWith(options: GuardOptions = {}): Guard<unknown> {
  return createGuard({ ...plainOptions(), now: () => time, env: {}, ...options });
}

const tls: Connection = { isEncrypted: true, address: "203.0.113.7" };

/** A request as it comes over TLS. Headers that are undefined are absent. */
export function requestWith(
  headers: Record<string, string | string[] | undefined>,
  changes: Partial<GuardRequest> = {},
): GuardRequest {
  const present = Object.entries({ host: "api.example.com", ...headers }).filter(([, value]) => value !== undefined);
  return { method: "GET", url: "/orders", headers: Object.fromEntries(present), connection: tls, ...changes };
}

/** The token with a proof, as DPoP wants it. */
export function proven(token: string, dpop?: string | string[], changes?: Partial<GuardRequest>): GuardRequest {
  return requestWith({ authorization: `DPoP ${token}`, dpop }, changes);
}

/** `accepted`, or the reason of the refusal. */
export async function verdictOf(guard: Guard<unknown>, request: GuardRequest): Promise<string> {
  const outcome = await guard.attempt(request);
  return outcome instanceof AuthError ? outcome.reason : "accepted";
}

/** The challenges and status that answer a refused request. */
export async function refusalOf(
  guard: Guard<unknown>,
  request: GuardRequest,
): Promise<{ status: number; challenges: readonly string[]; nonce: unknown }> {
  const outcome = await guard.attempt(request);
  if (!(outcome instanceof AuthError)) throw new Error("It was accepted");
  const { status, headers } = guard.refusal(outcome);
  return { status, challenges: [headers["www-authenticate"] ?? []].flat(), nonce: headers["dpop-nonce"] };
}
