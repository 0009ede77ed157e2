// The example on a real socket, with a real local tenant as its issuer.
import type { AddressInfo } from "node:net";
import { createTenant, defaultConfig, type Tenant, type TokenRequest } from "@gatewarden/dev";
import { buildApp } from "../../src/app.js";
import type { Environment } from "../../src/settings.js";

/** A log line, as written. */
export type LogLine = Readonly<Record<string, unknown>>;

/** A running API. */
export interface RunningApp {
  /** Without a slash at the end. */
  readonly url: string;
  /** The log so far. */
  readonly lines: readonly LogLine[];
  /** The log so far, letter for letter. */
  text(): string;
  close(): Promise<void>;
}

/** A running API and its issuer. */
export interface Example extends RunningApp {
  readonly tenant: Tenant;
  /** An `Authorization` header with a token of the tenant. */
  bearer(request?: TokenRequest): Promise<{ authorization: string }>;
}

/** The audience of an API beside the example's own. */
export const otherAudience = "https://other-api.example";

/** Starts a tenant and the API that trusts it. */
export async function startExample(env: Environment = {}): Promise<Example> {
  const tenant = await createTenant({ port: 0, apis: [...defaultConfig.apis, { audience: otherAudience }] });
  const app = await startApp({ ISSUER_BASE_URL: tenant.issuer, AUDIENCE: tenant.audience, ...env });
  return {
    ...app,
    tenant,
    bearer: async (request) => ({ authorization: `Bearer ${(await tenant.token(request)).access_token}` }),
    close: async () => {
      await app.close();
      await tenant.close();
    },
  };
}

/** Starts the API alone. */
export async function startApp(env: Environment): Promise<RunningApp> {
  const written: string[] = [];
  const lines: LogLine[] = [];
  const write = (line: string): void => {
    written.push(line);
    lines.push(JSON.parse(line));
  };
  const app = await buildApp({ env, logTo: { write } });
  await app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = app.server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, lines, text: () => written.join(""), close: () => app.close() };
}
