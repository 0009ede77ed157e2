// nginx before a backend that speaks FastCGI, uwsgi or gRPC: `proxy_set_header` says nothing there, so
// a client's header would reach the backend as it came (CWE-290).

import type { AddressInfo } from "node:net";
import { createServer, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { toSkip } from "../../../../scripts/lib/programs.mjs";
import { get } from "./_case.js";
import { identityHeaders } from "./_files.js";
import { readDeployed, replaceText } from "./_proxies.js";
import { sendBytes } from "./_raw.js";
import { startScene } from "./_scene.js";

const { isSkipped, note } = toSkip(["nginx"]);

/** Takes in what nginx says, and hangs up. */
async function startListener(): Promise<{ readonly port: number; readonly heard: () => string }> {
  let heard = "";
  const server = createServer((socket: Socket) => {
    socket.on("error", () => undefined);
    socket.on("data", (bytes) => {
      heard += bytes.toString("latin1");
      socket.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { port: (server.address() as AddressInfo).port, heard: () => heard };
}

const overrides = ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "X-Original-URL", "X-Rewrite-URL"];
const spoofed = [...identityHeaders, ...overrides, "Forwarded", "X-Forwarded-For", "X-Forwarded-Host"];
const underscored = spoofed.map((name) => name.replaceAll("-", "_"));

test.skipIf(isSkipped).each(["fastcgi", "uwsgi"])(
  `a backend of %s_pass gets nothing that a client made up${note}`,
  async (kind) => {
    const backend = await startListener();
    const location = `location /private/ { include gatewarden-${kind}.conf; ${kind}_param REQUEST_METHOD $request_method; ${kind}_pass 127.0.0.1:${backend.port}; }`;
    const scene = await startScene("nginx", (files) => ({
      ...files,
      "nginx.conf": replaceText(files["nginx.conf"] ?? "", [["location / {", `${location}\n        location / {`]]),
      [`gatewarden-${kind}.conf`]: readDeployed(`nginx/gatewarden-${kind}.conf`),
    }));
    onTestFinished(() => scene.close());
    const made = [...spoofed, ...underscored].map((name) => `${name}: mallory`);
    await sendBytes(
      scene.proxy.port,
      get("/private/a", `Authorization: Bearer ${scene.tokens.alice}`, "X-Own: kept", ...made),
    );
    expect(backend.heard()).toContain("HTTP_X_OWN");
    expect(backend.heard()).toMatch(/HTTP_X_AUTH_SUBJECT[^A-Z]*alice/);
    expect(backend.heard()).not.toContain("mallory");
  },
);
