// MCP on Hono. Its types are repeated here as far as they are used, so that it may be missing.
import type { AuthInfo } from "./_mcp-auth-info.js";
import type { McpCheck } from "./_mcp-check.js";
import { answerFetch } from "./_mcp-fetch.js";
import type { NodeRequest } from "./_node.js";

/** What the middleware sets for the handler, under the names that the transports use. */
export interface McpVariables {
  authInfo: AuthInfo;
  /** The JSON body, where it was read. `createMcpHonoApp` of the second SDK sets it too. */
  parsedBody?: unknown;
}

/** Hono's context, as far as it is used. */
interface HonoContext {
  readonly req: { readonly raw: Request };
  readonly env: unknown;
  res: Response;
  // biome-ignore lint/suspicious/noExplicitAny: Hono's own has names of the application.
  get(name: any): any;
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  set(name: any, value: any): void;
}

/** A middleware of Hono. */
export type McpHonoMiddleware = (context: HonoContext, next: () => Promise<void>) => Promise<Response | undefined>;

/** The middleware. */
export function createMcpHonoMiddleware(check: McpCheck): McpHonoMiddleware {
  return async (context, next) => {
    let hasAnswered = false;
    const exchange = { request: context.req.raw, parsedBody: context.get("parsedBody"), source: readSource(context) };
    const response = await answerFetch(check, exchange, async ({ authInfo, parsedBody }) => {
      context.set("authInfo", authInfo);
      if (parsedBody !== undefined) context.set("parsedBody", parsedBody);
      await next();
      hasAnswered = true;
      return context.res;
    });
    if (!hasAnswered) return response;
    // Hono merges headers into a response that is replaced, and would keep a length that is wrong.
    if (response !== context.res) {
      context.res = undefined as unknown as Response;
      context.res = response;
    }
    return undefined;
  };
}

/** On Node.js, `@hono/node-server` keeps the request that knows the client's certificate. */
function readSource({ env }: HonoContext): NodeRequest | undefined {
  const incoming = (env as { incoming?: NodeRequest } | undefined)?.incoming;
  return incoming?.rawHeaders ? incoming : undefined;
}
