// `createTenant`: creates and starts a tenant from configuration, keys, provider and server.
import { randomBytes } from "node:crypto";
import type { Server } from "node:http";
import { inspect } from "node:util";
import { toPrintableLines } from "gatewarden/terminal";
import type Provider from "oidc-provider";
import { type LocalHttps, openLocalHttps } from "./certificates/serve-https.js";
import { type Changes, createChanges, toAlgorithms } from "./changes.js";
import type { Persona, TenantConfig } from "./config/model.js";
import { resolveConfig } from "./config/resolve.js";
import { parseConfigInput } from "./config/schema.js";
import { withSignalsApi } from "./config/signals-api.js";
import { Feed } from "./console-api/feed.js";
import { IssuedTokens } from "./console-api/issued-tokens.js";
import { KeyHistory } from "./console-api/key-history.js";
import { OnlineApis } from "./console-api/online-apis.js";
import { createRegistry } from "./console-api/registry.js";
import { WatchedFaults } from "./console-api/watched-faults.js";
import { TenantError } from "./errors.js";
import { EventFaults } from "./faults/event-faults.js";
import { toKeySubstitute } from "./faults/key-faults.js";
import { SignatureFaults } from "./faults/signature-faults.js";
import { prepareDirectory } from "./files.js";
import { issueToken } from "./issue-token.js";
import { createKeyFile } from "./keys/key-file.js";
import { KeyRing } from "./keys/key-ring.js";
import { type LogOutReport, logOut } from "./people/log-out.js";
import { findLogin } from "./people/logins.js";
import { People } from "./people/people.js";
import { parseSignalRequest, sendSignal } from "./people/send-signal.js";
import { createBackchannelLogout } from "./provider/backchannel-logout.js";
import { createProvider, type ProviderParts } from "./provider/create-provider.js";
import { createFaultyTokens } from "./provider/faulty-tokens.js";
import { MemoryStore } from "./provider/memory-store.js";
import { loadOidcModule } from "./provider/oidc-module.js";
import { paths } from "./provider/paths.js";
import { SignedTokens } from "./provider/signed-tokens.js";
import { parseReset } from "./reset.js";
import type { ConsoleEndpoints } from "./server/console-endpoints.js";
import { createServer, type ServerOptions } from "./server/create-server.js";
import { createHandlers } from "./server/handlers.js";
import { listen } from "./server/listen.js";
import type { PeopleActions } from "./server/people-endpoints.js";
import { toListener } from "./server/pipeline.js";
import { createPortFault } from "./server/port-fault.js";
import { createEventSigner } from "./signals/sign-event.js";
import { Transmitter } from "./signals/transmitter.js";
import { writeState } from "./state-file.js";
import type { Tenant, TenantAuthority, TenantOptions } from "./tenant-types.js";
import { type CheckedTokenRequest, type IssuedToken, parseTokenInput } from "./token-request.js";

/**
 * Starts a local tenant: a real OpenID provider for development and tests. Throws a {@link
 * TenantError}: `production`, `not_loopback`, `port_in_use`, `invalid_configuration`,
 * `invalid_keys`.
 */
export async function createTenant(options: TenantOptions = {}): Promise<Tenant> {
  refuseProduction();
  const { port, host = "127.0.0.1", https, directory, allowedHosts, onError = printError, ...others } = options;
  const { requestTimeout = 30, maxConnections = 512, showApis = [], ...input } = others;
  const config = resolveConfig(parseConfigInput(input, "The tenant's configuration"), "The tenant's configuration");
  const apis = new OnlineApis();
  for (const api of showApis) apis.add(api);
  if (directory !== undefined) await prepareDirectory(directory);
  const algorithms = toAlgorithms(config.apis.map((api) => api.signingAlgorithm));
  const keys = await KeyRing.open(algorithms, directory === undefined ? undefined : createKeyFile(directory));
  requireTls(config, https);
  const local = https === true ? await openLocalHttps({ directory, host, onProblem: toProblem(onError) }) : undefined;
  const server = createServer({ ...toTls({ config, https, local }), requestTimeout, maxConnections });
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
  const state = { issuer, ca: local?.authority.files?.ca };
  const removeState = directory === undefined ? undefined : await writeState(directory, state);
  const endRenewal = local?.renew(server);
  const dispose = async (): Promise<void> => {
    endRenewal?.();
    await removeState?.();
  };
  const running = { parts, apis, config, server, host, port: actualPort, allowedHosts: allowedHosts ?? [], dispose };
  return { ...runTenant(running), authority: toTenantAuthority(local) };
}

interface Secured {
  readonly config: TenantConfig;
  readonly https: TenantOptions["https"];
  readonly local: LocalHttps | undefined;
}

/** A browser with certificates of its own asks which to show; the local one does so only in need. */
function toTls({ config, https, local }: Secured): Pick<ServerOptions, "https" | "asksClients"> {
  if (local === undefined) return { https: typeof https === "object" ? https : undefined, asksClients: true };
  return { https: local.identity, asksClients: config.clients.some(({ certificateBound }) => certificateBound) };
}

function toTenantAuthority(local: LocalHttps | undefined): TenantAuthority | undefined {
  return local && { certificate: local.authority.certificate, files: local.authority.files };
}

type Parts = Omit<ProviderParts, "faultyTokens" | "backchannel">;

interface Running {
  readonly parts: Parts;
  readonly apis: OnlineApis;
  /** As the developer wrote it; that of the parts has the tenant's own API too. */
  readonly config: TenantConfig;
  readonly server: Server;
  readonly host: string;
  readonly port: number;
  readonly allowedHosts: readonly string[];
  readonly dispose: () => Promise<void>;
}

function runTenant({
  parts,
  apis,
  config,
  server,
  host,
  port,
  allowedHosts,
  dispose,
}: Running): Omit<Tenant, "authority"> {
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
  const end = async (persona: Persona): Promise<LogOutReport> => {
    const report = await logOut(context, persona);
    feed.publish("logout", { ...report });
    return report;
  };
  const actions: PeopleActions = {
    logins: () => people.all.map((persona) => findLogin(store, persona)).filter((login) => login !== undefined),
    logOut: (id) => end(people.require(id)),
    signal: async (request) => {
      const report = await sendSignal(context, request);
      feed.publish("signal", { ...report });
      return report;
    },
    streams: () => transmitter.streams,
  };
  const registry = createRegistry(parts.config);
  const changes: Changes = createChanges({
    ...parts,
    faults,
    feed,
    keyHistory,
    registry,
    transmitter,
    rebuild,
    logOut: end,
  });
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
      await dispose();
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
  if (bound === undefined || (https !== undefined && https !== false)) return;
  const advice = "Start it with --https, or with `https`.";
  throw new TenantError("invalid_configuration", `clients.${bound.id}.certificateBound needs TLS. ${advice}`);
}

function refuseProduction(): void {
  if (process.env["NODE_ENV"]?.trim().toLowerCase() !== "production") return;
  const reason = "It gives anyone a token for anything.";
  throw new TenantError("production", `The local tenant does not start with NODE_ENV=production. ${reason}`);
}

/** A problem is told in one line: where it was noticed says nothing to the developer. */
function toProblem(onError: (error: Error) => void): (problem: string) => void {
  return (problem) => onError(Object.assign(new TenantError("invalid_configuration", problem), { stack: problem }));
}

function printError(error: Error): void {
  console.error(toPrintableLines(`gatewarden dev: ${inspect(error)}`));
}
