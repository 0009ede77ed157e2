// Keys and tokens for the tables that run against an original and its drop-in side by side.

import { createPrivateKey, createPublicKey, createSecretKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { createIdentity } from "../support/certificates.js";
import { createKey, encode, signHmac, signRaw, type TestKey } from "../support/forge.js";
import { call } from "../support/request.js";

export type Claims = Readonly<Record<string, unknown>>;

export const issuer = "https://issuer.test/";
export const audience = "https://api.test";
export const secret = "a secret of this application, long enough";
export const otherSecret = "another secret of this application, for b";
export const rsa: TestKey = createKey("RS256", "rsa");
export const ec: TestKey = createKey("ES256", "ec");
export const stranger: TestKey = createKey("RS256", "stranger");
export const secretObject: ReturnType<typeof createSecretKey> = createSecretKey(Buffer.from(secret));

/** A certificate for an EC key, as some guides have one downloaded. */
export const certificate: { readonly key: TestKey; readonly pem: string } = createCertificate();

function createCertificate() {
  const { key, cert } = createIdentity("issuer");
  const privateKey = createPrivateKey(key);
  return { key: { kid: "cert", privateKey, publicKey: createPublicKey(privateKey), jwk: {} }, pem: cert };
}

export const toPem = ({ publicKey }: TestKey): string => publicKey.export({ type: "spki", format: "pem" }).toString();

/** Seconds since 1970 when the test began. Margins in the tables are wide. */
export const began: number = Math.floor(Date.now() / 1000);

/** Seconds since 1970. */
export const now = (): number => Math.floor(Date.now() / 1000);

export interface Signing {
  readonly alg?: string;
  readonly key?: TestKey | string;
  readonly header?: Claims;
}

/** A token of an application of its own: neither issuer nor audience. `undefined` removes a claim. */
export function plain(changes: Claims = {}, { alg = "HS256", key = secret, header = {} }: Signing = {}): string {
  const claims = { sub: "u1", iat: began - 60, exp: began + 3600, ...changes };
  const kept = Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
  return sign(kept, { alg, key, header });
}

/** A token over any payload; text is taken as it is. */
export function sign(claims: unknown, { alg = "HS256", key = secret, header = {} }: Signing = {}): string {
  const [head, payload] = [encode({ alg, typ: "JWT", ...header }), encode(claims)];
  if (typeof key !== "string") return signRaw(head, payload, key, alg);
  return `${head}.${payload}.${signHmac(alg, key, `${head}.${payload}`).toString("base64url")}`;
}

/** A token with issuer and audience. */
export function named(changes: Claims = {}, signing: Signing = {}): string {
  return plain({ iss: issuer, aud: audience, ...changes }, signing);
}

export const byRsa: Signing = { alg: "RS256", key: rsa, header: { kid: "rsa" } };
export const byEc: Signing = { alg: "ES256", key: ec, header: { kid: "ec" } };

/** A token without signature. */
export function unsigned(alg: string, signature = ""): string {
  return `${encode({ alg, typ: "JWT" })}.${encode({ sub: "u1", exp: began + 3600 })}.${signature}`;
}

/** A request of a table. */
export interface Sent {
  readonly method?: string;
  readonly path?: string;
  /** The bearer token, or how it is made when it is sent. */
  readonly token?: string | (() => string);
  /** A list is sent as several headers. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: Claims;
}

/** An entry: with `differs`, the two answer differently for that reason. */
export interface Entry<Config extends string> extends Sent {
  readonly name: string;
  readonly config: Config;
  readonly differs?: string;
}

/** What an application answers: JSON, made from what the library left on the request or reported. */
export interface Told {
  readonly status: number;
  readonly challenge: string | undefined;
  readonly body: Claims;
}

export async function ask(origin: string, config: string, sent: Sent): Promise<Told> {
  const { method = "GET", path = "/", token, headers = {}, body } = sent;
  const all = {
    ...(token !== undefined && { authorization: `Bearer ${typeof token === "function" ? token() : token}` }),
    ...(body !== undefined && { "content-type": "application/json" }),
    ...headers,
  } as Record<string, string>;
  const text = body === undefined ? {} : { body: JSON.stringify(body) };
  const answer = await call(`${origin}/${config}${path}`, { method, headers: all, ...text });
  return {
    status: answer.status,
    challenge: answer.challenge,
    body: answer.text.startsWith("{") ? answer.json : { text: answer.text },
  };
}

/** A difference as a guide lists it: what the original answers, and what the drop-in does. */
export interface Difference {
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

/** The rows of a section of a guide: | `name` | before | after | why |. */
export function readDifferences(guide: URL, title: string): readonly Difference[] {
  const text = readFileSync(guide, "utf8");
  const [, section = ""] = text.split(new RegExp(`^### ${title}$`, "m"));
  const [own = ""] = section.split(/^##/m);
  const rows = [...own.matchAll(/^\| `([a-z-]+)` +\| ([^|]+) \| ([^|]+) \|/gm)];
  return rows.map(([, name = "", before = "", after = ""]) => ({
    name,
    before: before.replaceAll("`", "").trim(),
    after: after.replaceAll("`", "").trim(),
  }));
}

/** Options with which the original starts and the drop-in does not, as a guide lists them. */
export function readRefusedOptions(guide: URL): readonly string[] {
  const [, section = ""] = readFileSync(guide, "utf8").split(/^### At start-up$/m);
  const [own = ""] = section.split(/^##/m);
  return [...own.matchAll(/^\| `([^`]+)` +\|/gm)].map(([, name = ""]) => name).sort();
}

/** What creating something threw; undefined if nothing was. */
export function readThrown(create: () => unknown): unknown {
  try {
    create();
    return undefined;
  } catch (error) {
    return error;
  }
}

export const toGuide = (name: string): URL => new URL(`../../../../docs/migrating/${name}.md`, import.meta.url);

/** An answer as the guides write it: its status and what the error is called. */
export function summarise({ status, body }: Told): string {
  return [status, body["code"] ?? body["info"] ?? body["error"]].filter((one) => one !== undefined).join(" ");
}
