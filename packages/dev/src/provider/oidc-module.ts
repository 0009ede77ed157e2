// Loads `oidc-provider` when a tenant starts, not when this package is imported (the CLI's `token` command needs none).

/** The parts of the library that only exist at run time. */
export type OidcModule = typeof import("oidc-provider");

let loading: Promise<OidcModule> | undefined;

/** The library, loaded once. */
export function loadOidcModule(): Promise<OidcModule> {
  loading ??= importQuietly();
  return loading;
}

/**
 * The library supports Node 22 and later and says so on import. Its one need beyond Node 20, `URL.parse`, is filled here
 * where an early Node 20 lacks it, and this package's tests run on Node 20: so that one line is kept off the console.
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
