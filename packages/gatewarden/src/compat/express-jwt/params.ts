// The options of express-jwt, and what they are functions of.
import type { Request as ExpressRequest } from "express";
import type { Awaitable } from "../../index.js";
import type { DecodedJwt, JwtPayload } from "../jsonwebtoken/decode.js";
import type { Secret } from "../jsonwebtoken/given-key.js";
import type { VerifyOptions } from "../jsonwebtoken/verify-options.js";
import type { UnauthorizedError } from "./unauthorized-error.js";

/** Finds the key for a request. The token is not verified yet: choose among your own keys only. */
export type GetVerificationKey = (
  request: ExpressRequest,
  token: DecodedJwt | undefined,
) => Awaitable<Secret | undefined>;

/** Whether a verified token has been revoked. */
export type IsRevoked = (request: ExpressRequest, token: DecodedJwt | undefined) => Awaitable<boolean>;

/** Hears of an expired token; may throw another error. The request is refused in any case. */
export type ExpirationHandler = (request: ExpressRequest, error: UnauthorizedError) => Awaitable<void>;

/** Takes the token from another place than the Authorization header. */
export type TokenGetter = (request: ExpressRequest) => Awaitable<string | undefined>;

/** The options of express-jwt. */
export interface Params extends VerifyOptions {
  /** A key, a function that returns one, or `expressJwtSecret({ jwksUri })`. */
  readonly secret: Secret | GetVerificationKey;
  readonly algorithms: NonNullable<VerifyOptions["algorithms"]>;
  readonly getToken?: TokenGetter;
  readonly isRevoked?: IsRevoked;
  /** False: a request without a token continues, without `request.auth`. Default true. */
  readonly credentialsRequired?: boolean;
  /** Default `auth`. */
  readonly requestProperty?: string;
  readonly onExpired?: ExpirationHandler;
}

/** A request behind `expressjwt`. */
export type Request<Claims = JwtPayload> = ExpressRequest & { auth?: Claims };
