// The example's app on a socket, and a tenant that issues tokens for it.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type ApiInput, createTenant, type Tenant, type TenantOptions } from "@gatewarden/dev";
import { buildApp, type Service } from "../../src/app.js";

export interface Protected {
  readonly url: string;
  readonly tenant: Tenant;
  readonly close: () => Promise<void>;
}

/** How the tenant issues tokens for the server. */
type Api = Omit<ApiInput, "audience">;

/** Starts both on free ports. */
export async function startProtected(api: Api, service?: Service): Promise<Protected> {
  const { url, serve, close } = await reserve();
  const tenant = await createTenant({ ...toTenantOptions(url, api), port: 0 });
  serve(tenant.issuer, service);
  return { url, tenant, close: () => close().then(() => tenant.close()) };
}

/** The configuration of a tenant that issues tokens for the server at `url`, and for another one. */
export function toTenantOptions(url: string, api: Api): TenantOptions {
  return { apis: [{ ...api, audience: url }, { audience: "https://other.test" }] };
}

/** A listening socket whose address is known before anything answers there. */
export async function reserve() {
  const server: Server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
  return {
    url,
    serve: (issuer: string, service?: Service) => {
      server.on("request", buildApp({ ISSUER_BASE_URL: issuer, MCP_URL: url }, service));
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
