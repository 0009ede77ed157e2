// `gatewarden gateway` in this process.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { main } from "../../src/cli.js";

const guard =
  'guard: { issuer: "https://issuer.test/", audience: "https://api.test/", keys: { jwks: { keys: [{ kty: EC, crv: P-256, kid: a, x: MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4, y: 4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM }] } } }';

test("Rules that change between the first look at them and the watch are not missed", async () => {
  const folder = mkdtempSync(join(tmpdir(), "gateway-serve-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const rules = join(folder, "rules.yaml");
  writeFileSync(rules, `${guard}\nrules: [{ path: /a, public: true }]\n`);
  const events: string[] = [];
  let stop = () => {};
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const code = await main(
    ["gateway", "--rules", rules, "--proxy", "haproxy", "--listen", "127.0.0.1:0", "--admin", "off"],
    {
      out: (text) => {
        for (const line of text.trimEnd().split("\n")) {
          const { event } = JSON.parse(line) as { event: string };
          events.push(event);
          // The gateway has read its rules, and is not watched yet.
          if (event === "started") writeFileSync(rules, `${guard}\nrules: [{ path: /a, deny: true }]\n`);
          if (event === "reloaded") stop();
        }
      },
      error: () => {},
      env: {},
      untilStopped: () => stopped,
      onReload: () => {},
    },
  );
  expect(code).toBe(0);
  expect(events).toEqual(["started", "reloaded", "stopping", "stopped"]);
}, 30_000);
