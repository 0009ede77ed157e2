// `createTenant`: creates and starts a tenant from configuration, keys, provider and server.
import { randomBytes } from "node:crypto";
import type { Server } from "node:http";
import { inspect } from "node:util";
import { toPrintableLines } from "gatewarden/terminal";
import type Provider from "oidc-provider";
import { type Changes, createChanges, toAlgorithms } from "./changes.js";
import type { TenantConfig, TenantConfigInput } from "./config/model.js";
import { resolveConfig } from "./config/resolve.js";
import { parseConfigInput } from "./config/schema.js";
import { withSignalsApi } from "./config/signals-api.js";
import { Feed } from "./console-api/feed.js";
import { IssuedTokens } from "./console-api/issued-tokens.js";
import { KeyHistory } from "./console-api/key-history.js";
import { type OnlineApi, OnlineApis } from "./console-api/online-apis.js";
import { createRegistry } from "./console-api/registry.js";
import { WatchedFaults } from "./console-api/watched-faults.js";
import { TenantError } from "./errors.js";
import { EventFaults } from "./faults/event-faults.js";
import type { TenantFaults } from "./faults/fault-board.js";
import { toKeySubstitute } from "./faults/key-faults.js";
import { SignatureFaults } from "./faults/signature-faults.js";
import { issueToken } from "./issue-token.js";
import { createKeyFile } from "./keys/key-file.js";
import { KeyRing, type RotateOptions } from "./keys/key-ring.js";
import { type LogOutReport, logOut } from "./people/log-out.js";
import { findLogin } from "./people/logins.js";
import { People } from "./people/people.js";
import { parseSignalRequest, type SignalReport, type SignalRequest, sendSignal } from "./people/send-signal.js";
import { createBackchannelLogout } from "./provider/backchannel-logout.js";
import { createProvider, type ProviderParts } from "./provider/create-provider.js";
import { createFaultyTokens } from "./provider/faulty-tokens.js";
import { MemoryStore } from "./provider/memory-store.js";
import { loadOidcModule } from "./provider/oidc-module.js";
import { paths } from "./provider/paths.js";
import { SignedTokens } from "./provider/signed-tokens.js";
import { parseReset, type ResetPart } from "./reset.js";
import type { ConsoleEndpoints } from "./server/console-endpoints.js";
import { createServer } from "./server/create-server.js";
import { createHandlers } from "./server/handlers.js";
import { listen } from "./server/listen.js";
import type { PeopleActions } from "./server/people-endpoints.js";
import { toListener } from "./server/pipeline.js";
import { createPortFault } from "./server/port-fault.js";
import { createEventSigner } from "./signals/sign-event.js";
import { Transmitter } from "./signals/transmitter.js";
import { writeState } from "./state-file.js";
import { type CheckedTokenRequest, type IssuedToken, parseTokenInput, type TokenRequest } from "./token-request.js";

/**
 * Options of a tenant, all optional. They include the parts of the configuration, which may also be
 * read from a file.
 */
export interface TenantOptions extends TenantConfigInput {
  /** 0: any free port. Default: 4400, or any free port when that is taken. */
  readonly port?: number | undefined;
  /** An address of this machine. Default: `127.0.0.1`. */
  readonly host?: string | undefined;
  /**
   * Key and certificate of this machine, in PEM: the tenant then uses https, and asks clients for
   * certificates. Default: http.
   */
  readonly https?: { readonly key: string; readonly cert: string } | undefined;
  /**
   * Directory for keys and the state file. Default: none; keys stay in memory and are lost with the
   * tenant.
   */
  readonly directory?: string | undefined;
  /** Additional host names that requests may use, such as `host.docker.internal`. Default: none. */
  readonly allowedHosts?: readonly string[] | undefined;
  /**
   * Time limit for a client to send one request, in seconds; headers get a third of it. After that,
   * the tenant disconnects it. Default: 30.
   */
  readonly requestTimeout?: number | undefined;
  /** Maximum concurrent connections; further ones are closed. Default: 512. */
  readonly maxConnections?: number | undefined;
  /** Receives errors inside the tenant. Default: written to standard error. */
  readonly onError?: ((error: Error) => void) | undefined;
}

/** A running local tenant. */
export interface Tenant {
  /** The issuer, with a trailing slash as Auth0's issuers have. */
  readonly issuer: string;
  /** The same address without the slash. */
  readonly url: string;
  readonly port: number;
  /** The audience of the first API. */
  readonly audience: string;
  readonly config: TenantConfig;
  /**
   * Issues a token without a login. Throws a {@link TenantError} (`invalid_request`) for unknown
   * names.
   */
  token(request?: TokenRequest): Promise<IssuedToken>;
  /** Signs with new keys from now on. The old ones stay published unless `dropOld` is set. */
  rotateKeys(options?: RotateOptions): Promise<void>;
  /**
   * Returns the tenant to what it was when it started: all of it, or the named parts. Tells no
   * application and no receiver of signals. Throws a {@link TenantError} (`invalid_request`).
   */
  reset(...parts: readonly ResetPart[]): Promise<void>;
  /** Switches faults on and off. */
  readonly faults: TenantFaults;
  /**
   * Logs a persona out everywhere, by short name: ends its sessions, grants and refresh tokens, and
   * tells applications (back-channel logout) and receivers of signals. Throws a {@link TenantError}
   * (`invalid_request`) for an unknown name.
   */
  logOut(persona: string): Promise<LogOutReport>;
  /**
   * Sends an event about a persona to the receivers of signals, and does what the event says. Throws
   * a {@link TenantError} (`invalid_request`).
   */
  signal(request: SignalRequest): Promise<SignalReport>;
  /**
   * Tells the console of an API on this machine: its routes are then shown, and can be called.
   * Throws a {@link TenantError} (`invalid_request`) for another machine.
   */
  showApi(api: OnlineApi): void;
  close(): Promise<void>;
}

/**
 * Starts a local tenant: a real OpenID provider for development and tests. Throws a {@link
 * TenantError}: `production`, `not_loopback`, `port_in_use`, `invalid_configuration`,
 * `invalid_keys`.
 */
export async function createTenant(options: TenantOptions = {}): Promise<Tenant> {
  refuseProduction();
  const { port, host = "127.0.0.1", https, directory, allowedHosts, onError = printError, ...others } = options;
  const { requestTimeout = 30, maxConnections = 512, ...input } = others;
  const config = resolveConfig(parseConfigInput(input, "The tenant's configuration"), "The tenant's configuration");
  const algorithms = toAlgorithms(config.apis.map((api) => api.signingAlgorithm));
  const keys = await KeyRing.open(algorithms, directory === undefined ? undefined : createKeyFile(directory));
  requireTls(config, https);
  const server = createServer({ https, requestTimeout, maxConnections });
  const actualPort = await listen(server, { host, port });
  const issuer = `${https ? "https" : "http"}://${host.includes(":") && !host.startsWith("[") ? `[${host}]` : host}:${actualPort}/`;
  const inner = withSignalsApi(config, issuer);
  const parts: Parts = {
    oidc: await loadOidcModule(),
    issuer,
    config: inner,
    keys,
    people: new People(inner),
    store: new MemoryStore(),
    signedTokens: new SignedTokens(keys, new URL(paths.userinfo, issuer).href),
    cookieKeys: [randomBytes(32).toString("base64url")],
    overrides: new WeakMap(),
    onError,
  };
  const removeState = directory === undefined ? undefined : await writeState(directory, issuer);
  return runTenant({ parts, config, server, host, port: actualPort, allowedHosts: allowedHosts ?? [], removeState });
}

type Parts = Omit<ProviderParts, "faultyTokens" | "backchannel">;

interface Running {
  readonly parts: Parts;
  /** As the developer wrote it; that of the parts has the tenant's own API too. */
  readonly config: TenantConfig;
  readonly server: Server;
  readonly host: string;
  readonly port: number;
  readonly allowedHosts: readonly string[];
  readonly removeState: (() => Promise<void>) | undefined;
}

function runTenant({ parts, config, server, host, port, allowedHosts, removeState }: Running): Tenant {
  const { issuer, keys, onError, overrides, people, store } = parts;
  const feed = new Feed();
  const issued = new IssuedTokens();
  const keyHistory = new KeyHistory(keys, issued);
  // The provider reads keys and clients once, when it is created; sessions and tokens are in the
  // store and survive.
  const rebuild = (): void => {
    provider = createProvider({ ...parts, faultyTokens, backchannel });
  };
  const portFault = createPortFault(server, { host, port, onOver: () => faults.clear("port-closed").catch(onError) });
  const faults = new WatchedFaults(feed, {
    applyKeys: async (fault) => {
      await keys.substitute(toKeySubstitute(fault));
      changes.publishKeys();
    },
    applyPort: portFault.apply,
  });
  const signatures = new SignatureFaults(keys);
  const faultyTokens = createFaultyTokens(faults, signatures, (value, token) => {
    const { accountId, clientId } = token as { readonly accountId?: string; readonly clientId?: string };
    const holder = people.all.find(({ subject }) => subject === accountId)?.id ?? clientId;
    issued.remember(value, holder);
    feed.publish("token", { holder, client: clientId, audience: token.aud });
  });
  const eventFaults = new EventFaults(faults, signatures);
  const currentProvider = (): Provider => provider;
  const backchannel = createBackchannelLogout(parts.config, currentProvider, eventFaults);
  const transmitter = new Transmitter({
    issuer,
    sign: createEventSigner({ issuer, keys, faults: eventFaults }),
    onProblem: (problem) => onError(new Error(problem)),
  });
  let provider = createProvider({ ...parts, faultyTokens, backchannel });
  const issue = (request: CheckedTokenRequest): Promise<IssuedToken> =>
    issueToken({ provider, config: parts.config, overrides, faultyTokens, people }, request);
  const context = { config: parts.config, people, store, currentProvider, backchannel, transmitter };
  const actions: PeopleActions = {
    logins: () => people.all.map((persona) => findLogin(store, persona)).filter((login) => login !== undefined),
    logOut: async (id) => {
      const report = await logOut(context, people.require(id));
      feed.publish("logout", { ...report });
      return report;
    },
    signal: async (request) => {
      const report = await sendSignal(context, request);
      feed.publish("signal", { ...report });
      return report;
    },
    streams: () => transmitter.streams,
  };
  const apis = new OnlineApis();
  const registry = createRegistry(parts.config);
  const changes: Changes = createChanges({ ...parts, faults, feed, keyHistory, registry, transmitter, rebuild });
  const console: ConsoleEndpoints = {
    ...{ issuer, config: parts.config, keys, apis, feed, issued, keyHistory },
    ...changes,
  };
  const served = { faults, currentProvider, issue, actions, transmitter, console };
  const handlers = createHandlers({ ...parts, allowedHosts, ...served });
  server.on("request", toListener([portFault.handler, ...handlers], onError));
  const identity = { issuer, url: issuer.slice(0, -1), port, audience: config.apis[0].audience, config };
  return {
    ...identity,
    token: async (request = {}) => issue(parseTokenInput(request)),
    rotateKeys: changes.rotate,
    reset: (...names) => changes.reset(parseReset({ parts: names.length > 0 ? names : undefined })),
    faults,
    logOut: actions.logOut,
    signal: async (request) => actions.signal(parseSignalRequest(request)),
    showApi: (api) => void apis.add(api),
    close: async () => {
      transmitter.close();
      portFault.dispose();
      await faults.close();
      await removeState?.();
      await closeServer(server);
    },
  };
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** Without https there are no certificates, and the client's tokens would be unbound. */
function requireTls({ clients }: TenantConfig, https: TenantOptions["https"]): void {
  const bound = clients.find(({ certificateBound }) => certificateBound);
  if (bound === undefined || https !== undefined) return;
  const advice = "Give the tenant a key and a certificate as `https`.";
  throw new TenantError("invalid_configuration", `clients.${bound.id}.certificateBound needs TLS. ${advice}`);
}

function refuseProduction(): void {
  if (process.env["NODE_ENV"]?.trim().toLowerCase() !== "production") return;
  const reason = "It gives anyone a token for anything.";
  throw new TenantError("production", `The local tenant does not start with NODE_ENV=production. ${reason}`);
}

function printError(error: Error): void {
  console.error(toPrintableLines(`gatewarden dev: ${inspect(error)}`));
}
