// Features of the host beyond the language. Detected at run time, so that one build serves Node.js
// and every fetch runtime.

interface HostProcess {
  readonly env?: Readonly<Record<string, string | undefined>>;
  getBuiltinModule?<Name extends keyof BuiltinModules>(name: Name): BuiltinModules[Name] | undefined;
  emitWarning?(message: string, options: { type: string; code: string }): void;
}

interface BuiltinModules {
  "node:crypto": typeof import("node:crypto");
  "node:diagnostics_channel": typeof import("node:diagnostics_channel");
  "node:net": typeof import("node:net");
  "node:os": typeof import("node:os");
}

/** A member that identifies each Node.js module: some hosts provide empty ones. */
const marks: Readonly<Record<keyof BuiltinModules, string>> = {
  "node:crypto": "createVerify",
  "node:diagnostics_channel": "channel",
  "node:net": "BlockList",
  "node:os": "availableParallelism",
};

/**
 * The value, or undefined where reading it throws. Hosts replace missing features with getters and
 * functions that throw: Next.js' edge runtime throws when `process.getBuiltinModule` is called
 * (vercel/next.js#98226), Deno when a variable is read without permission.
 */
export function readSafely<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

const hostProcess: HostProcess | undefined = readSafely(() => (globalThis as { process?: HostProcess }).process);

/** Whether this is workerd, which runs Cloudflare Workers. */
export const isWorkerd: boolean =
  readSafely(() => (globalThis as { navigator?: { userAgent?: string } }).navigator?.userAgent) ===
  "Cloudflare-Workers";

/**
 * A Node.js module where available (Node.js, Bun, Deno, workerd with compatibility), or undefined.
 */
export function builtin<Name extends keyof BuiltinModules>(name: Name): BuiltinModules[Name] | undefined {
  return readSafely(() => {
    const module: unknown = hostProcess?.getBuiltinModule?.(name);
    const mark = (module as Readonly<Record<string, unknown>> | undefined)?.[marks[name]];
    return typeof mark === "function" ? (module as BuiltinModules[Name]) : undefined;
  });
}

/** The environment of a host without one. */
export const noEnvironment: Readonly<Record<string, string | undefined>> = Object.freeze({});

/**
 * The environment of the process, or `noEnvironment` where there is none: no process, or one
 * without any variable (a Worker's, an edge runtime's). Reading one of its variables may throw.
 */
export function environment(): Readonly<Record<string, string | undefined>> {
  const env = readSafely(() => hostProcess?.env);
  return env && readSafely(() => Object.keys(env).length) !== 0 ? env : noEnvironment;
}

/**
 * Whether `NODE_ENV` is production, also with extra blanks or capitals: `set NODE_ENV=production &&
 * …` leaves a trailing blank in cmd.exe. True where it cannot be read, since it might be.
 */
export function isProduction(env: Readonly<Record<string, string | undefined>> = environment()): boolean {
  try {
    return env["NODE_ENV"]?.trim().toLowerCase() === "production";
  } catch {
    return true;
  }
}

/** Warns the operator about a non-fatal problem, through the host's own channel for warnings. */
export function warn(code: string, message: string): void {
  const isEmitted = readSafely(() => {
    hostProcess?.emitWarning?.(message, { type: "GatewardenWarning", code });
    return typeof hostProcess?.emitWarning === "function";
  });
  // A warning that cannot be printed must not become a failure.
  if (!isEmitted) readSafely(() => console.warn(`${code}: ${message}`));
}

/**
 * Warns the operator that a listener has failed. Reports only the kind of error, as its message may
 * contain anything.
 */
export function warnOfListener(name: string, error: unknown): void {
  warn("GATEWARDEN_LISTENER", `${name} failed: ${error instanceof Error ? error.name : typeof error}`);
}
