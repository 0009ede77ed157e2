// `gatewarden dev --api`: a real process beside APIs that are not up yet, answer with garbage, or go
// away. The console asks them by the documented call `POST /dev/try`.
import { once } from "node:events";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from "node:net";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { openAuthority } from "../../src/certificates/authority.js";
import { call } from "../support/call.js";
import * as session from "../support/cli-session.js";
import { patience, runCommand, startCommand, waitFor } from "../support/command.js";
import { makeDirectory } from "../support/tenants.js";

let cwd: string;
beforeAll(async () => {
  cwd = await makeDirectory();
});

const sockets = new Map<Server, Set<Socket>>();

async function listen(server: Server, port = 0): Promise<string> {
  const open = new Set<Socket>();
  sockets.set(server, open);
  server.on("connection", (socket) => open.add(socket));
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => close(server));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function close(server: Server): Promise<void> {
  for (const socket of sockets.get(server) ?? []) socket.destroy();
  if (server.listening) await new Promise<void>((resolve) => void server.close(() => resolve()));
}

/** A tenant of the command itself, and its address. */
async function startDev(urls: readonly string[]) {
  const command = startCommand(["dev", "--port", "0", ...urls.flatMap((url) => ["--api", url])], { cwd });
  await waitFor(command, "Stop with Ctrl-C.");
  const [, issuer = ""] = /^Local tenant: (\S+)$/m.exec(command.out()) ?? [];
  return { command, tenant: { issuer } };
}

const say: RequestListener = (_request, response) => response.end("hello");

describe("gatewarden dev --api", () => {
  test("says what the console shows, as GET /dev/apis does; one that is not up yet is asked once it is", async () => {
    const placeholder = createHttpServer();
    const later = await listen(placeholder);
    await close(placeholder);
    const { command, tenant } = await startDev([later, "http://localhost:1/v1/"]);
    expect(command.out()).toContain(`\nThe console shows: ${later} http://localhost:1/v1\n`);
    expect(command.err()).toBe("");
    const shown = [{ url: later }, { url: "http://localhost:1/v1" }];
    expect((await call(tenant, "GET /dev/apis")).body).toEqual({ apis: shown });
    const listed = await runCommand(["tenant"], { cwd });
    expect(listed.out).toContain(`Shown in the console:\n  ${later} `);
    const ask = () => call(tenant, "POST /dev/try", { url: later });
    const description = `The API at ${later} does not answer. Is it running?`;
    expect(await ask()).toEqual({ status: 502, body: { error: "no_answer", error_description: description } });
    const api = createHttpServer(say);
    await listen(api, Number(new URL(later).port));
    expect(await ask()).toMatchObject({ status: 200, body: { status: 200, body: "hello" } });
    await close(api);
    expect(await ask()).toMatchObject({ status: 502, body: { error_description: description } });
    command.child.kill("SIGINT");
    expect(await command.exit).toBe(0);
  });

  test("what answers with something else is told apart from what does not answer", async () => {
    const garbage = await listen(createTcpServer((socket) => socket.end("220 mail.example ESMTP\r\n")));
    const silent = await listen(createTcpServer((socket) => socket.once("data", () => socket.destroy())));
    const cut = await listen(
      createHttpServer((_request, response) => {
        response.writeHead(200, { "content-length": "100" });
        response.write("half");
        setTimeout(() => response.destroy(), 50);
      }),
    );
    const plain = (await listen(createHttpServer(say))).replace("http:", "https:");
    const { issue } = await openAuthority(undefined);
    const secured = (await listen(createHttpsServer(issue(["127.0.0.1"]), say))).replace("http:", "https:");
    const { command, tenant } = await startDev([garbage, silent, cut, plain, secured]);
    const expected = [
      [garbage, `What answers at ${garbage} does not speak HTTP.`],
      [silent, `The API at ${silent} ended the connection without an answer.`],
      [cut, "The API ended the connection within its answer."],
      [plain, `What answers at ${plain} does not speak TLS. Is its address http:?`],
      [
        secured,
        `The certificate of ${secured} is not trusted. Start the tenant with its authority in NODE_EXTRA_CA_CERTS.`,
      ],
    ] as const;
    for (const [url, error_description] of expected) {
      const answer = await call(tenant, "POST /dev/try", { url });
      expect(answer).toEqual({ status: 502, body: { error: "no_answer", error_description } });
    }
    expect((await call(tenant, "GET /dev")).status).toBe(200);
    expect(command.err()).toBe("");
  });

  test.each(["http://example.com", "https://10.0.0.1/", "127.0.0.1:3000", "localhost:3000", "ftp://127.0.0.1", ""])(
    "%j is wrong usage, here and for gatewarden tenant: 2, before anything starts",
    async (url) => {
      for (const args of [
        ["dev", "--port", "0", "--api", url],
        ["tenant", "--api", url],
      ]) {
        const { code, out, err } = await session.run(args, cwd);
        expect({ args, code, out }).toEqual({ args, code: 2, out: "" });
        expect(err).toBe(
          `error: --api is ${JSON.stringify(url)}, but must be the address of an API on this machine. For example: --api http://127.0.0.1:3000\n`,
        );
      }
    },
  );

  test.each(["http://localhost:3000", "http://api.localhost:3000/v1", "https://[::1]:3000/", "http://127.8.8.8"])(
    "%j is an address of this machine: the nearest valid neighbour",
    async (url) => {
      const one = await session.createSession(cwd);
      const { main } = await import("../../src/cli.js");
      const exit = main(["dev", "--port", "0", "--api", url], one.io);
      await expect.poll(one.out, patience).toContain("The console shows: ");
      one.stop();
      expect(await exit).toBe(0);
    },
  );
});
