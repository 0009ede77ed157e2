import { expect, test } from "vitest";
import { createTenant } from "../src/index.js";

test("a client whose tokens are bound to its certificate needs a tenant that speaks https", async () => {
  const clients = { machine: { secret: "machine-secret", certificateBound: true } };
  await expect(createTenant({ port: 0, clients })).rejects.toMatchObject({
    code: "invalid_configuration",
    message: expect.stringContaining("clients.machine.certificateBound needs TLS"),
  });
});
