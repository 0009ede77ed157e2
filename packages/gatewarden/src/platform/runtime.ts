// What the host offers beyond the language. Asked for at run time, so that one build serves Node.js and every fetch runtime.

interface HostProcess {
  readonly env?: Readonly<Record<string, string | undefined>>;
  getBuiltinModule?<Name extends keyof BuiltinModules>(name: Name): BuiltinModules[Name] | undefined;
  emitWarning?(message: string, options: { type: string; code: string }): void;
}

interface BuiltinModules {
  "node:crypto": typeof import("node:crypto");
  "node:diagnostics_channel": typeof import("node:diagnostics_channel");
  "node:net": typeof import("node:net");
}

const host: HostProcess | undefined = (globalThis as { process?: HostProcess }).process;

/** Whether this is workerd, which runs Cloudflare Workers. */
export const isWorkerd: boolean =
  (globalThis as { navigator?: { userAgent?: string } }).navigator?.userAgent === "Cloudflare-Workers";

/** A module of Node.js where there is one (Node.js, Bun, Deno, workerd with compatibility), or undefined. */
export function builtin<Name extends keyof BuiltinModules>(name: Name): BuiltinModules[Name] | undefined {
  return host?.getBuiltinModule?.(name);
}

/** The environment of the process, or an empty one where there is no process. */
export function environment(): Readonly<Record<string, string | undefined>> {
  return host?.env ?? {};
}

/** Whether `NODE_ENV` says production, also where it is spelt carelessly: `set NODE_ENV=production && …` leaves a blank behind in cmd.exe. */
export function isProduction(env: Readonly<Record<string, string | undefined>> = environment()): boolean {
  return env["NODE_ENV"]?.trim().toLowerCase() === "production";
}

/** Tells the operator of something that is wrong but not fatal, through the host's own channel for warnings. */
export function warn(code: string, message: string): void {
  if (host?.emitWarning) host.emitWarning(message, { type: "GatewardenWarning", code });
  else console.warn(`${code}: ${message}`);
}

/** Tells the operator that code which only listens has failed: by its kind, as its message may hold anything. */
export function warnOfListener(name: string, error: unknown): void {
  warn("GATEWARDEN_LISTENER", `${name} failed: ${error instanceof Error ? error.name : typeof error}`);
}
