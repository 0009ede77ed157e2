// How the API authenticates at an authorization server (RFC 6749 §2.3, RFC 7662 §2.1, RFC 7523
// §2.2).
import { type ClientAuth, ClientSecretBasic, ClientSecretPost, PrivateKeyJwt } from "oauth4webapi";
import { ConfigError } from "../errors.js";

/** A secret, sent in the header or in the body, or a private key that signs an assertion. */
export type ClientCredential =
  | { readonly clientSecret: string; readonly method?: "client_secret_basic" | "client_secret_post" }
  /** `private_key_jwt`: a Web Crypto key for signing, and its `kid` at the server. */
  | { readonly privateKey: CryptoKey; readonly kid?: string };

type CryptoKey = import("node:crypto").webcrypto.CryptoKey;

/** Throws `ConfigError`. The secret itself is never part of a message. */
export function createClientAuth(auth: ClientCredential): ClientAuth {
  if (typeof auth !== "object" || auth === null) throw bad("is neither a secret nor a key");
  if ("privateKey" in auth) return createAssertion(auth);
  const { clientSecret, method = "client_secret_basic" } = auth;
  if (typeof clientSecret !== "string" || clientSecret === "") throw bad("has an empty clientSecret");
  if (method === "client_secret_basic") return ClientSecretBasic(clientSecret);
  if (method === "client_secret_post") return ClientSecretPost(clientSecret);
  throw bad(`has an unknown method "${String(method)}"`);
}

function createAssertion({ privateKey, kid }: Extract<ClientCredential, { privateKey: unknown }>): ClientAuth {
  try {
    return PrivateKeyJwt(kid === undefined ? privateKey : { key: privateKey, kid });
  } catch (cause) {
    throw bad("has a privateKey that is not a private CryptoKey", cause);
  }
}

function bad(problem: string, cause?: unknown): ConfigError {
  return new ConfigError(
    { option: "auth", problem, example: "auth: { clientSecret: process.env.CLIENT_SECRET }" },
    { cause },
  );
}
