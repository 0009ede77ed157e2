// A running gateway: its listeners, its policy and how it ends.
import { performance } from "node:perf_hooks";
import type { Guard } from "gatewarden";
import { type ConfigSources, type GatewayConfig, type LoadSources, loadConfig, type Policy } from "./config.js";
import { createEventServer } from "./events/server.js";
import { createAuthorizerServer } from "./fastcgi/authorizer.js";
import { createGrpcServer } from "./grpc/server.js";
import { loadKeyFile } from "./identity/key-file.js";
import { createTokenIssuer, type TokenIssuer } from "./identity/token-issuer.js";
import { drain, listenAll } from "./listening.js";
import { createMetrics, type Metrics } from "./metrics/metrics.js";
import type { ProxyName } from "./proxy/kinds.js";
import type { TokenData } from "./rules/schema.js";
import type { WriteLine } from "./server/access-log.js";
import { createAdminServer, type Readiness } from "./server/admin.js";
import { createBoundedOutput } from "./server/bounded-output.js";
import { createFailureBudget } from "./server/failure-budget.js";
import { createGatewayServer } from "./server/server.js";
import { createLastingWriter, type LastingWriter } from "./server/turn-writer.js";
import type { Published } from "./server/well-known.js";
import { openState } from "./state/open-state.js";
import type { SharedState } from "./state/shared-state.js";

/** How a gateway is started. */
export interface GatewayOptions extends ConfigSources {
  /** The rules file. Without one a valid token is needed for everything. */
  readonly rules?: string | undefined;
  /** Where lines of the log go. Default: standard output. */
  readonly write?: WriteLine | undefined;
}

/** A gateway that listens. */
export interface Gateway {
  /**
   * Where proxies ask: `http://127.0.0.1:4180`, `fcgi://…` (Apache), `grpc://…` (Envoy by gRPC), or
   * `unix:/run/a.sock`.
   */
  readonly address: string;
  /** Where metrics and health are. */
  readonly adminAddress: string | undefined;
  /** Where providers report logouts and signals. */
  readonly eventsAddress: string | undefined;
  /**
   * Reads the rules file again. Wrong rules keep the old ones: false, and `status()` says why. What
   * listens keeps listening: `listen`, `admin`, `events`, `from`, `limits` and `redis` need a
   * restart.
   */
  reload(): Promise<boolean>;
  status(): GatewayStatus;
  /** Whether requests can be decided, and what is wrong. */
  readiness(): Promise<Readiness>;
  /** Everything in Prometheus' text format. */
  toMetrics(): Promise<string>;
  /** What clients and upstreams may read: the resource's metadata, and keys of internal tokens. */
  toPublished(): Published;
  /** Stops accepting, lets requests finish, then resolves. */
  close(): Promise<void>;
}

/** What health reports beside the guard's own. */
export interface GatewayStatus {
  readonly rules: number;
  readonly reloads: number;
  /** Why the file that is on disk now is not in use. */
  readonly reloadFault: string | undefined;
  readonly isStopping: boolean;
  /** Requests that are being answered. */
  readonly pending: number;
}

/** What may be replaced while the gateway runs. */
interface Current {
  policy: Policy;
  tokens: TokenIssuer | undefined;
  stop: () => void;
}

/** Starts a gateway. Rejects if the configuration cannot be right, before anything listens. */
export async function startGateway(options: GatewayOptions = {}): Promise<Gateway> {
  const { write, close } = toWriter(options);
  const log = (event: string, details: object) =>
    write(JSON.stringify({ time: new Date().toISOString(), event, ...details }));
  try {
    // What is wrong in the file shows before anything is connected to.
    const { settings } = loadConfig(options.rules, options);
    const shared = await openState(settings, log);
    try {
      return await startWith(shared, { options, write, log, close });
    } catch (error) {
      await shared.close();
      throw error;
    }
  } catch (error) {
    close();
    throw error;
  }
}

/** Lines on standard output are collected, and the last ones must not stay behind. */
function toWriter({ write }: GatewayOptions): LastingWriter {
  if (write !== undefined) return { write, close: () => undefined };
  return createLastingWriter(createBoundedOutput(process.stdout));
}

interface Surroundings extends LastingWriter {
  readonly options: GatewayOptions;
  readonly log: (event: string, details: object) => void;
}

async function startWith(shared: SharedState, { options, write, log, close }: Surroundings): Promise<Gateway> {
  const metrics = createMetrics();
  const sources: LoadSources = {
    ...options,
    state: shared,
    report: (event, details) => {
      metrics.countEvent(event, details.outcome);
      log(event, details);
    },
  };
  const config = loadConfig(options.rules, sources);
  const current = await toCurrent(config, metrics);
  const state = { reloads: 0, reloadFault: undefined as string | undefined, isStopping: false, pending: 0 };
  const { settings } = config;
  const { failures } = settings.limits;
  const status = (): GatewayStatus => ({ rules: current.policy.rules.length, ...state });
  const readiness = () => toReadiness(current.policy.guard, status());
  const { createListener, scheme } = toProtocol(config.policy.proxy);
  const server = await createListener({
    readiness,
    policy: () => current.policy,
    settings,
    failures: failures && createFailureBudget(failures, () => performance.now() / 1000),
    tokens: () => current.tokens,
    write,
    onQuestion: () => {
      state.pending += 1;
    },
    onAnswer: (...answered) => {
      state.pending -= 1;
      metrics.countAnswer(...answered);
    },
  });
  const toPublished = (): Published => ({
    metadata: current.policy.guard.metadata(),
    keySet: current.tokens?.toKeySet(),
  });
  const admin =
    settings.admin &&
    createAdminServer({ toMetrics: metrics.toText, toReadiness: readiness, toPublished: async () => toPublished() });
  const events = settings.events && createEventServer(() => current.policy.endpoints);
  const [opened = "", adminAddress, eventsAddress] = await listenAll([
    [server, settings.listen],
    [admin, settings.admin],
    [events, settings.events],
  ]);
  const address = opened.replace(/^http:/, scheme);
  log("started", {
    address,
    adminAddress,
    eventsAddress,
    proxy: current.policy.proxy,
    rules: current.policy.rules.length,
  });

  const reloadNow = async (): Promise<boolean> => {
    try {
      const next = loadConfig(options.rules, { ...sources, present: current.policy });
      await awaitKeys(next.policy, current.policy);
      const replaced = await toCurrent(next, metrics, current);
      current.stop();
      Object.assign(current, replaced);
      state.reloads += 1;
      state.reloadFault = undefined;
      const needsRestart = JSON.stringify(next.settings) !== JSON.stringify(settings);
      log("reloaded", { rules: current.policy.rules.length, ...(needsRestart && { needsRestart }) });
    } catch (error) {
      state.reloadFault = error instanceof Error ? error.message : "The rules cannot be read";
      log("reload_failed", { problem: state.reloadFault });
    }
    metrics.countReload(state.reloadFault === undefined);
    return state.reloadFault === undefined;
  };
  // One after the other: the file that was read last must win.
  let reloading: Promise<unknown> = Promise.resolve();
  const reload = (): Promise<boolean> => {
    const mine = reloading.then(reloadNow);
    reloading = mine;
    return mine;
  };
  return {
    address,
    adminAddress,
    eventsAddress,
    reload,
    status,
    readiness,
    toMetrics: metrics.toText,
    toPublished,
    close: async () => {
      if (state.isStopping) return;
      state.isStopping = true;
      log("stopping", {});
      const others = [admin, events].map((one) => one && drain(one, 1));
      await Promise.all([drain(server, settings.limits.drainTimeout), ...others]);
      current.stop();
      await shared.close();
      await metrics.shutdown();
      log("stopped", {});
      close();
    },
  };
}

/** Apache asks by FastCGI, the others by HTTP, or by gRPC. */
function toProtocol(proxy: ProxyName) {
  if (proxy === "apache") return { scheme: "fcgi:", createListener: createAuthorizerServer };
  if (proxy === "envoy-grpc") return { scheme: "grpc:", createListener: createGrpcServer };
  return { scheme: "http:", createListener: createGatewayServer };
}

const patience = 10_000;

/** Another guard has no keys yet. Without them it would refuse what the present one accepts. */
async function awaitKeys({ guard }: Policy, present: Policy): Promise<void> {
  if (guard === present.guard) return;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error("The keys of the issuer, or what was revoked, could not be loaded in time")),
      patience,
    );
  });
  try {
    await Promise.race([guard.ready(), late]);
  } finally {
    clearTimeout(timer);
  }
}

async function toCurrent({ policy }: GatewayConfig, metrics: Metrics, present?: Current): Promise<Current> {
  const tokens = await toTokens(policy.token, present);
  const every = policy.token?.rotateEvery ?? 86_400;
  const timer = tokens && setInterval(() => void tokens.rotate().catch(() => undefined), every * 1000).unref();
  const stopMetrics = metrics.observe(policy.guard);
  // A guard fetches keys when a token needs them; having them makes the first request quick.
  void policy.guard.ready().catch(() => undefined);
  return {
    policy,
    tokens,
    stop: () => {
      clearInterval(timer);
      stopMetrics();
    },
  };
}

/** Keys of the gateway's own making stay: upstreams know them, and hold tokens that they signed. */
async function toTokens(token: TokenData | undefined, present: Current | undefined): Promise<TokenIssuer | undefined> {
  if (token === undefined) return undefined;
  const now = () => Date.now() / 1000;
  if (token.keys !== undefined) return createTokenIssuer(token, { given: loadKeyFile(token.keys) }, now);
  const before = present?.policy.token;
  if (JSON.stringify(token) === JSON.stringify(before)) return present?.tokens;
  const ring = before?.keys === undefined ? present?.tokens?.ring : undefined;
  return createTokenIssuer(token, { ring }, now);
}

async function toReadiness(guard: Guard<unknown>, { isStopping, reloadFault }: GatewayStatus): Promise<Readiness> {
  const { status, reasons } = await guard.health();
  const own = reloadFault === undefined ? [] : [`The rules on disk are not in use: ${reloadFault}`];
  const isDegraded = status === "ready" && own.length > 0;
  return { status: isStopping ? "stopping" : isDegraded ? "degraded" : status, reasons: [...reasons, ...own] };
}
