// The strategy: what Passport calls for each request. It depends on no package: Passport asks for a
// name and for `authenticate`, and adds `success`, `fail` and `error` to a copy of the strategy.
// biome-ignore-all lint/suspicious/noExplicitAny: the original's declarations use it.
import { authenticateWith } from "./authenticate.js";
import {
  requireStrategySettings,
  type StrategyOptions,
  type StrategyOptionsWithoutRequest,
  type StrategyOptionsWithRequest,
  type StrategySettings,
  type VerifyCallback,
  type VerifyCallbackWithRequest,
} from "./options.js";

/** A symbol and not a private name: Passport calls a copy, which would not have the latter. */
const settings: unique symbol = Symbol("settings");

interface Held {
  readonly [settings]: StrategySettings;
}

/**
 * A Passport strategy for tokens, with the options of passport-jwt 4. A request without a valid
 * token fails with 401; its `info` is an error whose name is that of jsonwebtoken. If tokens cannot
 * be checked, the strategy reports an error with status 503. Throws `ConfigError`.
 */
export class Strategy {
  /** The name under which Passport knows it. Default `jwt`. */
  name = "jwt";
  /** Added by Passport. */
  declare success: (user: any, info?: any) => void;
  /** Added by Passport. */
  declare fail: (challenge?: any, status?: number) => void;
  /** Added by Passport. */
  declare error: (error: any) => void;
  /** Added by Passport. */
  declare redirect: (url: string, status?: number) => void;
  /** Added by Passport. */
  declare pass: () => void;

  constructor(options: StrategyOptionsWithoutRequest, verify: VerifyCallback);
  constructor(options: StrategyOptionsWithRequest, verify: VerifyCallbackWithRequest);
  constructor(options: StrategyOptions, verify: VerifyCallback | VerifyCallbackWithRequest) {
    Object.defineProperty(this, settings, { value: requireStrategySettings(options, verify) });
  }

  /** Called by Passport. */
  authenticate(request: any, _options?: any): void {
    authenticateWith(this, (this as unknown as Held)[settings], request);
  }
}
