// Connects token faults to the provider: every access token passes here when it is issued, for
// every grant type.
import type Provider from "oidc-provider";
import { tokenFaultNames } from "../faults/catalogue.js";
import type { Fault, FaultName } from "../faults/fault.js";
import type { FaultBoard } from "../faults/fault-board.js";
import type { SignatureFaults } from "../faults/signature-faults.js";
import { type FaultsOfToken, withoutScopes } from "../faults/token-faults.js";
import type { IssuableToken } from "./token-claims.js";

/** The faults of tokens during their issue. */
export interface FaultyTokens {
  /** The faults of a token, once it is being saved. */
  readonly of: (token: IssuableToken) => FaultsOfToken;
  /** Gives one token its own fault, regardless of the active ones. */
  readonly assign: (token: IssuableToken, fault: Fault) => void;
  /** Installs the faults in a provider. */
  readonly install: (provider: Provider) => void;
}

const none: FaultsOfToken = new Map();

/** Receives every access token that is a JWT, as the client gets it. */
export type OnIssued = (value: string, token: IssuableToken) => void;

export function createFaultyTokens(
  board: FaultBoard,
  signatures: SignatureFaults,
  onIssued: OnIssued = () => undefined,
): FaultyTokens {
  const faultsOf = new WeakMap<IssuableToken, FaultsOfToken>();
  const tokens: FaultyTokens = {
    of: (token) => faultsOf.get(token) ?? none,
    assign: (token, fault) => faultsOf.set(token, new Map([[fault.name, fault]])),
    install: (provider) => {
      for (const { prototype } of [provider.AccessToken, provider.ClientCredentials]) {
        const { save } = prototype;
        prototype.save = async function saveFaulty(this: IssuableToken) {
          if (this.resourceServer?.accessTokenFormat !== "jwt") return save.call(this);
          if (!faultsOf.has(this)) faultsOf.set(this, takeFaults(board));
          prepare(this, tokens.of(this));
          const value = await save.call(this);
          if (this.format !== "jwt") return value;
          const given = await signatures.break(value, tokens.of(this));
          onIssued(given, this);
          return given;
        };
      }
      installClock(provider, board, signatures);
    },
  };
  return tokens;
}

function takeFaults(board: FaultBoard): FaultsOfToken {
  const taken = tokenFaultNames.map((name): [FaultName, Fault | undefined] => [name, board.take(name)?.fault]);
  return new Map(taken.filter((entry): entry is [FaultName, Fault] => entry[1] !== undefined));
}

/**
 * Changes a token before it is written, so that the token response and introspection agree with it.
 */
function prepare(token: IssuableToken, faults: FaultsOfToken): void {
  const missing = faults.get("missing-permissions");
  if (missing !== undefined && token.scope !== undefined) token.scope = withoutScopes(token.scope, missing);
  // The resource server object belongs to this request only.
  if (faults.has("opaque") && token.resourceServer !== undefined) token.resourceServer.accessTokenFormat = "opaque";
}

/** A wrong clock also affects ID tokens. */
function installClock(provider: Provider, board: FaultBoard, signatures: SignatureFaults): void {
  const { prototype } = provider.IdToken;
  const { issue } = prototype;
  prototype.issue = async function issueLate(context) {
    const jwt = await issue.call(this, context);
    const skew = context.use === "idtoken" ? board.find("clock-skew")?.fault.seconds : undefined;
    return skew === undefined ? jwt : signatures.shift(jwt, skew);
  };
}
