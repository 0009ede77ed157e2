// The sub-path `@gatewarden/dev/connect`: shows the decisions of an API's guard in the console of
// the local tenant.
import { TenantError } from "./errors.js";
import { isLoopbackUrl } from "./loopback.js";

/** The part of a guard of `gatewarden` that is used here. */
export interface ConnectableGuard {
  listen(listeners: { readonly onDecision: (decision: ConnectableDecision) => void }): () => void;
}

/** The part of a decision that is read. */
export interface ConnectableDecision {
  readonly outcome: "accepted" | "refused" | "anonymous";
  readonly duration: number | undefined;
  readonly fingerprint: string | undefined;
  readonly error?: { readonly reason: string; readonly status: number };
  readonly requirement?: unknown;
}

/** Where decisions go. */
export interface ConnectConsoleOptions {
  /** The tenant's address: `http://127.0.0.1:4400`. Must be on this machine. */
  readonly tenant: string;
  /** How the console calls this API. Default: `API`. */
  readonly name?: string | undefined;
}

interface Sent {
  readonly outcome: ConnectableDecision["outcome"];
  readonly reason?: string;
  readonly status?: number;
  readonly fingerprint?: string;
  readonly milliseconds?: number;
  readonly need?: string;
}

const pause = 100;
const maxWaiting = 200;

/**
 * Shows this guard's decisions in the console: accepted or refused, why, what the route needs, how
 * long it took. Never a token and never a claim's value: tokens are told apart by 16 characters of
 * their SHA-256, which `gatewarden/log` writes too. Does nothing with `NODE_ENV=production`, and
 * nothing while no tenant answers. Returns the function that ends it. Throws a {@link TenantError}
 * (`not_loopback`) for an address of another machine.
 */
export function connectConsole(guard: ConnectableGuard, options: ConnectConsoleOptions): () => void {
  if (process.env["NODE_ENV"]?.trim().toLowerCase() === "production") return () => undefined;
  const { name = "API", tenant } = options;
  if (!isLoopbackUrl(tenant)) {
    throw new TenantError("not_loopback", "connectConsole: tenant must be an address of this machine.");
  }
  const url = new URL("/dev/decisions", tenant);
  let waiting: Sent[] = [];
  let dropped = 0;
  let timer: NodeJS.Timeout | undefined;
  const send = (): void => {
    timer = undefined;
    const body = JSON.stringify({ api: name, decisions: waiting, dropped });
    waiting = [];
    dropped = 0;
    // Watching must not disturb what is watched: without a tenant, nothing happens.
    fetch(url, { method: "POST", body, signal: AbortSignal.timeout(2000) })
      .then((response) => response.arrayBuffer())
      .catch(() => undefined);
  };
  const end = guard.listen({
    onDecision: (decision) => {
      if (waiting.length < maxWaiting) waiting.push(toSent(decision));
      else dropped++;
      timer ??= setTimeout(send, pause).unref();
    },
  });
  return () => {
    end();
    clearTimeout(timer);
  };
}

function toSent({ duration, error, fingerprint, outcome, requirement }: ConnectableDecision): Sent {
  const need = describeNeed(requirement);
  return {
    outcome,
    ...(error && { reason: error.reason, status: error.status }),
    ...(fingerprint !== undefined && { fingerprint }),
    ...(duration !== undefined && { milliseconds: Math.round(duration * 1e5) / 100 }),
    ...(need !== undefined && { need: need.slice(0, 500) }),
  };
}

/** The requirement in the developer's own words: its type, and the names that it asks for. */
function describeNeed(requirement: unknown): string | undefined {
  if (typeof requirement !== "object" || requirement === null) return undefined;
  const { name, names, of, type } = requirement as Readonly<Record<string, unknown>>;
  if (typeof type !== "string") return undefined;
  if (Array.isArray(of)) return `${type}(${of.map(describeNeed).join(", ")})`;
  const words = Array.isArray(names) ? names : [name];
  return [type, ...words.filter((one) => typeof one === "string")].join(" ");
}
