// What this application reads from the environment itself. Issuer and audience are the guard's business; the docs page only repeats them.
import { ConfigError } from "gatewarden";

/** The environment, or what stands in for it in a test. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The application's own settings. */
export interface Settings {
  /** `HOST`. Default `127.0.0.1`: in a container, set `0.0.0.0`. */
  readonly host: string;
  /** `PORT`. Default 3000; 0 is any free one. */
  readonly port: number;
  /** `CORS_ORIGINS`: the web pages that may call this API from a browser. Default none. */
  readonly corsOrigins: readonly string[];
  /** `DOCS_CLIENT_ID`: the application that the page at `/docs` logs in as. Default `spa`. */
  readonly docsClientId: string;
  /**
   * `RESOURCE_URL`: this API's URL as clients write it, which DPoP proofs must name. Default: what the request says of itself, which is right
   * as long as no proxy changes host or scheme.
   */
  readonly resourceUrl: string | undefined;
  /** `EXPLAIN=development`: refusals say cause and fix, expected and actual. Default off; the guard refuses it under `NODE_ENV=production`. */
  readonly explain: "development" | undefined;
}

/** Reads the settings. Throws `ConfigError`, naming the variable, for a value that cannot be meant. */
export function readSettings(env: Environment): Settings {
  return {
    host: env["HOST"]?.trim() || "127.0.0.1",
    port: readPort(env["PORT"]?.trim() || "3000"),
    corsOrigins: readOrigins(env["CORS_ORIGINS"] ?? ""),
    docsClientId: env["DOCS_CLIENT_ID"]?.trim() || "spa",
    resourceUrl: readUrl(env["RESOURCE_URL"]?.trim()),
    explain: readExplain(env["EXPLAIN"]?.trim()),
  };
}

function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  const problem = `is "${text}"; it must be a whole number from 0 to 65535`;
  throw new ConfigError({ option: "PORT", problem, example: "PORT=3000" });
}

function readUrl(text: string | undefined): string | undefined {
  if (!text) return undefined;
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  const problem = `is "${text}", which is no URL that clients could call`;
  throw new ConfigError({ option: "RESOURCE_URL", problem, example: "RESOURCE_URL=https://api.example.com" });
}

function readExplain(text: string | undefined): "development" | undefined {
  if (!text) return undefined;
  if (text === "development") return text;
  throw new ConfigError({ option: "EXPLAIN", problem: `is "${text}"`, example: "EXPLAIN=development" });
}

function readOrigins(text: string): readonly string[] {
  const origins = text.split(",").map((origin) => origin.trim());
  return origins.filter((origin) => origin !== "").map(checkOrigin);
}

/** Browsers send origins in exactly one spelling, so any other spelling would silently allow nobody; `*` would allow everybody. */
function checkOrigin(text: string): string {
  if (URL.canParse(text) && new URL(text).origin === text) return text;
  throw new ConfigError({
    option: "CORS_ORIGINS",
    problem: `holds "${text}", which is no origin; list each as scheme, host and port, without a path or a last slash`,
    example: "CORS_ORIGINS=https://app.example.com,http://localhost:5173",
  });
}
