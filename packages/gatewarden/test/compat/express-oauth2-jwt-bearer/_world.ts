// The issuer, the keys, and the client that the rows of the table speak of.
import { createHash, randomUUID } from "node:crypto";
import { Agent } from "node:http";
import { calculateJwkThumbprint } from "jose";
import { createIdentity } from "../../support/certificates.js";
import { createKey, encode, signHmac, signRaw, signText, type TestKey } from "../../support/forge.js";
import {
  type Answer,
  type IssuerServer,
  json,
  metadataPath,
  reset,
  status,
  text,
} from "../../support/issuer-server.js";
import type { Filled, IssuerRow, KeyName, ProofRow, TokenRow } from "./_request-case.js";

export const audience = "https://api.test";
/** As long as the hash of HS256. */
export const secret = "0123456789abcdef0123456789abcdef";

export const keys: Readonly<Record<KeyName, TestKey>> = {
  rsa: createKey("RS256", "rsa"),
  ec: createKey("ES256", "ec"),
  ed: createKey("EdDSA", "ed"),
  second: createKey("RS256", "second"),
  // Claims to be the published key.
  stranger: createKey("RS256", "rsa"),
};
const client = createKey("ES256", "client");
const otherClient = createKey("ES256", "other");
export const identity = createIdentity("client");
export const otherIdentity = createIdentity("other");

const jkt = await calculateJwkThumbprint(client.publicKey.export({ format: "jwk" }) as never);

const confirmations: Readonly<Record<string, Filled>> = {
  key: { jkt },
  certificate: { "x5t#S256": identity.thumbprint },
  both: { jkt, "x5t#S256": identity.thumbprint },
};

/** What `"{name}"` stands for: a value where it is the whole text, else a part of a text. */
export type Placeholders = Readonly<Record<string, unknown>>;

export function toPlaceholders({ origin, issuer }: Pick<IssuerServer, "origin" | "issuer">): Placeholders {
  const pem = (key: TestKey) => key.publicKey.export({ type: "spki", format: "pem" }).toString();
  return {
    ...{ origin, issuer, audience, secret, jwksUri: `${origin}/jwks`, host: new URL(origin).host },
    ...{ metadata: `${origin}${metadataPath}`, pem: pem(keys.rsa), secondPem: pem(keys.second) },
    ...{ jwk: { ...keys.rsa.jwk, alg: "RS256" }, jwks: { keys: [keys.rsa.jwk, keys.ec.jwk] } },
    agent: new Agent(),
    findIssuers: async () => [issuer],
    findByHeader: ({ headers }: { headers: Filled }) =>
      headers["x-tenant"] === "a" ? [issuer] : ["https://brand-a.test"],
    certificate: encodeURIComponent(identity.cert),
    otherCertificate: encodeURIComponent(otherIdentity.cert),
  };
}

/** Fills in placeholders and times, deeply. Functions are left as they are. */
export function fill(value: unknown, placeholders: Placeholders): unknown {
  if (typeof value === "string") {
    const [, whole] = /^\{(\w+)\}$/.exec(value) ?? [];
    if (whole !== undefined && whole in placeholders) return placeholders[whole];
    return value.replace(/\{(\w+)\}/g, (all, name: string) => (name in placeholders ? `${placeholders[name]}` : all));
  }
  if (Array.isArray(value)) return value.map((one) => fill(one, placeholders));
  if (typeof value !== "object" || value === null || value instanceof Agent) return value;
  const entries = Object.entries(value);
  const [first] = entries;
  if (first?.[0] === "in" && entries.length === 1) return Math.floor(Date.now() / 1000) + Number(first[1]);
  return Object.fromEntries(entries.map(([name, one]) => [name, fill(one, placeholders)]));
}

/** Without members that are undefined. */
export function present(value: Filled): Filled {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined));
}

export function makeToken(row: TokenRow, placeholders: Placeholders): string {
  if (row.raw !== undefined) return row.raw;
  const key = keys[row.signer ?? "rsa"];
  const usual = { iss: "{issuer}", aud: audience, sub: "user|1", iat: { in: -10 }, exp: { in: 300 } };
  const confirmation = row.bound && { cnf: confirmations[row.bound] };
  const claims = present(fill({ ...usual, ...confirmation, ...row.claims }, placeholders) as Filled);
  const usualHeader = { alg: row.secret === undefined ? algorithmOf(key) : "HS256", typ: "JWT", kid: key.kid };
  const header = present({ ...usualHeader, ...row.header });
  const alg = row.alg ?? String(header["alg"]);
  const parts = [encode(header), encode(claims)] as const;
  const token = row.secret === undefined ? signRaw(...parts, key, alg) : signSecret(parts.join("."), alg, row.secret);
  if (row.change === "no signature") return `${parts.join(".")}.`;
  if (row.change === "cut") return parts.join(".");
  if (row.change === undefined) return token;
  const [head = "", , signature = ""] = token.split(".");
  return [head, encode({ ...claims, sub: "admin" }), signature].join(".");
}

function signSecret(input: string, alg: string, given: string): string {
  return `${input}.${signHmac(alg, given, input).toString("base64url")}`;
}

function algorithmOf({ publicKey }: TestKey): string {
  return { rsa: "RS256", ec: "ES256", ed25519: "EdDSA" }[publicKey.asymmetricKeyType as string] ?? "RS256";
}

/** The value of the DPoP header. */
export function makeProof(row: ProofRow, token: string, request: { method: string; url: string }): string {
  if (row.raw !== undefined) return row.raw;
  const key = row.by === "other" ? otherClient : client;
  const ath = createHash("sha256").update(token).digest("base64url");
  const usual = { jti: randomUUID(), htm: request.method, htu: request.url, iat: { in: 0 }, ath };
  const header = present({
    typ: "dpop+jwt",
    alg: "ES256",
    jwk: key.publicKey.export({ format: "jwk" }),
    ...row.header,
  });
  const claims = present(fill({ ...usual, ...row.claims }, { url: request.url }) as Filled);
  const input = `${encode(header)}.${encode(claims)}`;
  const proof = `${input}.${signText("ES256", key.privateKey, input).toString("base64url")}`;
  return row.isTwice ? `${proof}, ${proof}` : proof;
}

/** Makes a running issuer behave as the row says. */
export function behave(server: IssuerServer, { metadata, jwks, algorithms }: IssuerRow): void {
  const { origin, issuer } = server;
  const document = {
    ...(metadata !== "no issuer" && { issuer: metadata === "other issuer" ? "https://other.test/" : issuer }),
    ...(metadata !== "no keys" && { jwks_uri: `${origin}/jwks` }),
    ...(algorithms && { id_token_signing_alg_values_supported: algorithms }),
  };
  const works = metadata === undefined || !(metadata in failures);
  server.on(metadataPath, works ? json(document) : (failures[metadata ?? ""] as Answer));
  if (metadata === "oauth only") {
    server.on(metadataPath, status(404));
    server.on("/.well-known/oauth-authorization-server", json(document));
  }
  const published = typeof jwks === "object" ? jwks : (["rsa", "ec", "ed"] as const);
  if (typeof jwks === "string" && jwks !== "empty") server.on("/jwks", failures[jwks] as Answer);
  else server.publish(jwks === "empty" ? [] : published.map((name) => keys[name].jwk));
}

const failures: Readonly<Record<string, Answer>> = {
  "500": status(500),
  "404": status(404),
  reset,
  "not JSON": text("<html>"),
};
