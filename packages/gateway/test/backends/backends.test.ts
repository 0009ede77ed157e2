// Python, Go and PHP behind nginx and the gateway, with tokens of the real local tenant: the
// backends have no authentication code, and the answers are those of a protected API.
import { fileURLToPath } from "node:url";
import { createTenant, type Tenant } from "@gatewarden/dev";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { toSkip } from "../../../../scripts/lib/programs.mjs";
import { type Gateway, startGateway } from "../../src/gateway.js";
import { type StartedProxy, startProxy } from "../proxies/_proxies.js";
import { type Backend, backends } from "./_backends.js";

const rules = fileURLToPath(new URL("../../../../examples/behind-gateway/rules.yaml", import.meta.url));
const audience = "https://api.gatewarden.local";

describe.each(backends)("A $language backend behind nginx and the gateway", ({ program, start }) => {
  const { isSkipped, note } = toSkip(["nginx", program]);

  describe.skipIf(isSkipped)(`without authentication code${note}`, () => {
    let tenant: Tenant;
    let gateway: Gateway;
    let backend: Backend;
    let proxy: StartedProxy;
    beforeAll(async () => {
      tenant = await createTenant({ port: 0 });
      gateway = await startGateway({
        rules,
        env: { ISSUER_BASE_URL: tenant.issuer, AUDIENCE: audience },
        overrides: { listen: "127.0.0.1:0", admin: "off" },
        write: () => undefined,
      });
      backend = await start();
      proxy = await startProxy("nginx", {
        gateway: Number(new URL(gateway.address).port),
        application: backend.port,
      });
    });
    afterAll(async () => {
      await proxy?.close();
      await gateway?.close();
      await backend?.close();
      await tenant?.close();
    });

    const ask = async (path: string, as?: string, headers: Readonly<Record<string, string>> = {}) => {
      const token = as === undefined ? undefined : (await tenant.token({ as })).access_token;
      const sent = { ...headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) };
      const response = await fetch(`http://127.0.0.1:${proxy.port}${path}`, { headers: sent });
      return { response, body: await response.json() };
    };

    test("answers everyone on the public endpoint", async () => {
      const { response, body } = await ask("/api/public");
      expect(response.status).toBe(200);
      expect(body).toEqual({ message: "Public endpoint" });
    });

    test("answers 401 with the challenge on the private endpoint without a token", async () => {
      const { response, body } = await ask("/api/private");
      expect(response.status).toBe(401);
      expect(response.headers.get("www-authenticate")).toMatch(/^Bearer realm="[^"]*"$/);
      expect(body).toHaveProperty("error");
    });

    test("answers 401 with the reason in the challenge for a token that does not hold", async () => {
      const { response } = await ask("/api/private", undefined, { authorization: "Bearer a.b.c" });
      expect(response.status).toBe(401);
      expect(response.headers.get("www-authenticate")).toContain('error="invalid_token"');
    });

    test("tells the backend who is asking", async () => {
      const { response, body } = await ask("/api/private", "bob");
      expect(response.status).toBe(200);
      const { sub } = JSON.parse(
        atob(
          ((await tenant.token({ as: "bob" })).access_token.split(".")[1] ?? "")
            .replaceAll("-", "+")
            .replaceAll("_", "/"),
        ),
      );
      expect(body).toEqual({ message: "Private endpoint", user_id: sub });
    });

    test.each(["X-Auth-Subject", "x-auth-subject", "X_Auth_Subject", "X-Auth_Subject"])(
      "does not believe a client's own %s",
      async (name) => {
        const { body } = await ask("/api/private", "bob", { [name]: "mallory" });
        expect(JSON.stringify(body)).not.toContain("mallory");
        expect(JSON.stringify((await ask("/api/public", undefined, { [name]: "mallory" })).body)).not.toContain(
          "mallory",
        );
      },
    );

    test("answers 403 with the challenge on the admin endpoint without the permission", async () => {
      const { response, body } = await ask("/api/admin", "bob");
      expect(response.status).toBe(403);
      expect(response.headers.get("www-authenticate")).toContain('error="insufficient_scope"');
      expect(body).toMatchObject({ error: "insufficient_scope" });
    });

    test("answers 200 on the admin endpoint with the permission", async () => {
      const { response, body } = await ask("/api/admin", "alice");
      expect(response.status).toBe(200);
      expect(body).toEqual({ message: "Admin endpoint" });
    });

    test("answers 403 where no rule allows it", async () => {
      expect((await ask("/api/new", "alice")).response.status).toBe(403);
    });
  });
});
