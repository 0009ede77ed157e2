// Sends logout tokens (OpenID Connect Back-Channel Logout 1.0). The provider sends its own through
// here as well, when an application logs a person out.
import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import type Provider from "oidc-provider";
import type { Client as ProviderClient } from "oidc-provider";
import type { TenantConfig } from "../config/model.js";
import type { EventFaults } from "../faults/event-faults.js";
import { isLoopbackUrl } from "../loopback.js";

/** What became of one logout token. */
export interface LogoutDelivery {
  readonly client: string;
  readonly uri: string;
  /** Whether the application answered that it has logged the person out (§2.8). */
  readonly delivered: boolean;
  /** The status of its last answer; null without any. */
  readonly status: number | null;
}

/** The session of a person at one application. */
export interface LogoutTarget {
  readonly subject: string;
  /** Undefined: all sessions of the person at this application (§2.4). */
  readonly sid: string | undefined;
}

export interface BackchannelLogout {
  /** Sends a logout token; undefined where the application takes none. */
  readonly send: (client: ProviderClient, target: LogoutTarget) => Promise<LogoutDelivery | undefined>;
  /** Has the provider send its own logout tokens through `send`. */
  readonly install: (provider: Provider) => void;
}

const event = "http://schemas.openid.net/event/backchannel-logout";
const attempts = 2;
const pause = 300;
const timeout = 2500;

export function createBackchannelLogout(
  config: TenantConfig,
  currentProvider: () => Provider,
  faults: EventFaults,
): BackchannelLogout {
  const configured = new Set(config.clients.flatMap(({ backchannelLogoutUri: uri }) => uri ?? []));
  // Any other address was not the developer's choice.
  const isAllowed = (uri: string): boolean => configured.has(uri) || isLoopbackUrl(uri);
  const send: BackchannelLogout["send"] = async (client, target) => {
    const { backchannelLogoutUri: uri, backchannelLogoutSessionRequired: needsSession } = client;
    if (uri === undefined || !isAllowed(uri) || (needsSession === true && target.sid === undefined)) return undefined;
    const issued = await issueLogoutToken(currentProvider(), client, target);
    const { token, isRepeated } = await faults.break("logout", issued);
    const status = await post(uri, token);
    if (isRepeated) await post(uri, token);
    return { client: client.clientId, uri, delivered: status === 200 || status === 204, status };
  };
  return {
    send,
    install: (provider) => {
      const prototype: Overridden = provider.Client.prototype;
      prototype.backchannelLogout = async function sendLogoutToken(this: ProviderClient, subject, sid) {
        await send(this, { subject, sid });
      };
      if (!config.apis.some(({ sidInAccessToken }) => sidInAccessToken)) return;
      // The provider puts the session into tokens of applications that require it.
      prototype.includeSid = () => true;
    },
  };
}

/** The provider calls this method, which its types do not have. */
interface Overridden {
  includeSid: () => boolean;
  backchannelLogout?: (this: ProviderClient, subject: string, sid: string | undefined) => Promise<void>;
}

/** §2.4, with the lifetime of two minutes that the provider gives it. */
function issueLogoutToken(provider: Provider, client: ProviderClient, { subject, sid }: LogoutTarget): Promise<string> {
  const token: InstanceType<typeof provider.IdToken> & { mask?: object } = new provider.IdToken(
    { sub: subject },
    { client, ctx: undefined },
  );
  token.mask = { sub: null };
  token.set("events", { [event]: {} });
  token.set("jti", randomUUID());
  if (client.backchannelLogoutSessionRequired === true) token.set("sid", sid);
  return token.issue({ use: "logout" });
}

/** §2.5. Tries again where nothing answered, or a server failed. Returns the last status. */
async function post(uri: string, token: string): Promise<number | null> {
  let status: number | null = null;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    if (attempt > 1) await setTimeout(pause);
    status = await tryPost(uri, token);
    if (status !== null && status < 500) break;
  }
  return status;
}

async function tryPost(uri: string, token: string): Promise<number | null> {
  try {
    const response = await fetch(uri, {
      method: "POST",
      redirect: "manual",
      body: new URLSearchParams({ logout_token: token }),
      signal: AbortSignal.timeout(timeout),
    });
    await response.body?.cancel();
    return response.status;
  } catch {
    return null;
  }
}
