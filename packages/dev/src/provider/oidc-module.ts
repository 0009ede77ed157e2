// Loads `oidc-provider` when a tenant starts, not when this package is imported (the CLI's `token`
// command does not need it).

/** The module's exports at run time. */
export type OidcModule = typeof import("oidc-provider");

let loading: Promise<OidcModule> | undefined;

/** The library, loaded once. */
export function loadOidcModule(): Promise<OidcModule> {
  loading ??= importQuietly();
  return loading;
}

/**
 * The library supports Node 22 and later, and warns on import. Beyond Node 20 it only needs
 * `URL.parse`, which is added here where an early Node 20 lacks it. This package's tests run on
 * Node 20, so that one warning is suppressed.
 */
async function importQuietly(): Promise<OidcModule> {
  if (!("parse" in URL)) Object.defineProperty(URL, "parse", { value: parseUrl, configurable: true, writable: true });
  const warn = console.warn;
  console.warn = (...args: unknown[]) => {
    if (!String(args[0]).includes("Unsupported runtime")) warn(...args);
  };
  try {
    return await import("oidc-provider");
  } finally {
    console.warn = warn;
  }
}

function parseUrl(url: string, base?: string): URL | null {
  return URL.canParse(url, base) ? new URL(url, base) : null;
}
