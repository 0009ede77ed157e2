// The options of passport-jwt, checked once.
// biome-ignore-all lint/suspicious/noExplicitAny: the original's declarations use it.
import { ConfigError } from "../../index.js";
import {
  createJwksVerifier,
  createJwtVerifier,
  createKeyedVerifier,
  type VerifyJwt,
} from "../jsonwebtoken/verifier.js";
import { requireVerifyTerms, type VerifyOptions } from "../jsonwebtoken/verify-options.js";
import { findJwksSource } from "../jwks-rsa/secret.js";
import type { JwtFromRequestFunction } from "./extract-jwt.js";

/**
 * Finds the key for a request: `done(error, key)`. Without a key, the request is refused; an error
 * is the server's own. The token is not verified yet: choose among your own keys only.
 */
export type SecretOrKeyProvider<Incoming = any> = (
  request: Incoming,
  rawJwtToken: any,
  done: (error: any, secretOrKey?: string | Uint8Array) => void,
) => void;

interface BaseOptions extends Pick<VerifyOptions, "issuer" | "audience" | "algorithms" | "ignoreExpiration"> {
  readonly jwtFromRequest: JwtFromRequestFunction;
  /** More options of jsonwebtoken. Those beside it win. */
  readonly jsonWebTokenOptions?: VerifyOptions | undefined;
}

/** A fixed key, or a function that finds one: `passportJwtSecret({ jwksUri })`. */
export type StrategyKey =
  | { readonly secretOrKey: string | Uint8Array; readonly secretOrKeyProvider?: never }
  | { readonly secretOrKeyProvider: SecretOrKeyProvider; readonly secretOrKey?: never };

/** The verify callback gets the request first. */
export type StrategyOptionsWithRequest = BaseOptions & StrategyKey & { readonly passReqToCallback: true };
/** The verify callback gets the payload first. */
export type StrategyOptionsWithoutRequest = BaseOptions & StrategyKey & { readonly passReqToCallback?: false };
/** The options of passport-jwt. */
export type StrategyOptions = StrategyOptionsWithRequest | StrategyOptionsWithoutRequest;

/** Says what becomes of a verified token: an error, a user, or false. */
export type VerifiedCallback = (error: any, user?: unknown | false, info?: any) => void;
export type VerifyCallback = (payload: any, done: VerifiedCallback) => void;
export type VerifyCallbackWithRequest<Incoming = any> = (
  request: Incoming,
  payload: any,
  done: VerifiedCallback,
) => void;

/** Gives `use` the verifier for a token, undefined where there is no key, or an error. */
export type FindVerifier = (request: any, token: string, use: (error: unknown, verify?: VerifyJwt) => void) => void;

/** The options as the strategy uses them. */
export interface StrategySettings {
  readonly extract: (request: any) => unknown;
  readonly findVerifier: FindVerifier;
  readonly passesRequest: boolean;
  /** Whether the callback gets header, payload and signature. */
  readonly isComplete: boolean;
  readonly verify: (...given: any[]) => unknown;
}

const names: readonly string[] = [
  ...["secretOrKey", "secretOrKeyProvider", "jwtFromRequest", "issuer", "audience", "algorithms"],
  ...["ignoreExpiration", "passReqToCallback", "jsonWebTokenOptions"],
];

/** Checks options and callback. Throws `ConfigError`. */
export function requireStrategySettings(options: StrategyOptions, verify: unknown): StrategySettings {
  if (typeof options !== "object" || options === null) throw notRight("options", "must be an object");
  if (typeof verify !== "function") throw notRight("verify", "must be a function, the second argument");
  if (typeof options.jwtFromRequest !== "function") throw notRight("jwtFromRequest", "must be a function");
  const stranger = Object.keys(options).find((name) => !names.includes(name));
  if (stranger !== undefined)
    throw notRight(stranger, "is not an option of passport-jwt; those of jsonwebtoken belong to jsonWebTokenOptions");
  const { isComplete, findVerifier } = requireKeys(options);
  return {
    extract: options.jwtFromRequest,
    findVerifier,
    passesRequest: options.passReqToCallback === true,
    isComplete,
    verify: verify as StrategySettings["verify"],
  };
}

function requireKeys(options: StrategyOptions): Pick<StrategySettings, "isComplete" | "findVerifier"> {
  const { secretOrKey, secretOrKeyProvider } = options;
  const terms = requireVerifyTerms(toVerifyOptions(options));
  const { isComplete } = terms;
  if (secretOrKeyProvider === undefined) {
    const verify = createJwtVerifier(terms, "secretOrKey", secretOrKey);
    return { isComplete, findVerifier: (_request, _token, use) => use(undefined, verify) };
  }
  if (secretOrKey !== undefined) throw notRight("secretOrKey", "is beside secretOrKeyProvider: give one of them");
  if (typeof secretOrKeyProvider !== "function") throw notRight("secretOrKeyProvider", "must be a function");
  const source = findJwksSource(secretOrKeyProvider);
  if (source) {
    const verify = createJwksVerifier(terms, source);
    return { isComplete, findVerifier: (_request, _token, use) => use(undefined, verify) };
  }
  const toVerifier = createKeyedVerifier(terms, "secretOrKeyProvider");
  return { isComplete, findVerifier: toFinder(secretOrKeyProvider, toVerifier) };
}

/**
 * The original overwrites the inner audience, issuer and algorithms even where none is beside it.
 */
function toVerifyOptions({ jsonWebTokenOptions, ...options }: StrategyOptions): VerifyOptions {
  const beside = ["issuer", "audience", "algorithms", "ignoreExpiration"].filter((name) =>
    Object.hasOwn(options, name),
  );
  const own = Object.fromEntries(beside.map((name) => [name, options[name as keyof typeof options]]));
  return { ...jsonWebTokenOptions, ...own };
}

function toFinder(provider: SecretOrKeyProvider, toVerifier: (key: unknown) => VerifyJwt): FindVerifier {
  return (request, token, use) => {
    const waiting: unknown = provider(request, token, (error, key) => {
      if (error) return use(error);
      if (key === undefined || key === null) return use(undefined);
      let verify: VerifyJwt;
      try {
        verify = toVerifier(key);
      } catch (unusable) {
        return use(unusable);
      }
      use(undefined, verify);
    });
    // An async provider that throws would otherwise end the process (CWE-248).
    if (waiting instanceof Promise) waiting.catch((thrown: unknown) => use(thrown ?? new Error("no reason")));
  };
}

function notRight(option: string, problem: string): ConfigError {
  const example = "new Strategy({ secretOrKey, jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken() }, verify)";
  return new ConfigError({ option, problem, example });
}
