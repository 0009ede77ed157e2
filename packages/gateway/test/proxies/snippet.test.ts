// The lines of `gatewarden gateway snippet` in the real proxies: a renamed header arrives as the
// gateway's, and no spelling of it as the client's.
import { describe, expect, test } from "vitest";
import { toSkip } from "../../../../scripts/lib/programs.mjs";
import { runCli } from "../support/cli.js";
import { bob, get } from "./_case.js";
import type { Seen } from "./_inspector.js";
import { programOf, type RealProxy, replaceText } from "./_proxies.js";
import { sendBytes, toStatuses } from "./_raw.js";
import { startScene } from "./_scene.js";

const sections = "identity: { headers: { subject: X-Own-User } }\n";

type Files = Readonly<Record<string, string>>;

/** Puts the parts of the output where their headings say. */
const placements: Readonly<Record<RealProxy, (files: Files, parts: readonly string[]) => Files>> = {
  nginx: (files, [lines = ""]) => ({
    ...files,
    "gatewarden-server.conf": `${files["gatewarden-server.conf"]}\n${lines}`,
  }),
  caddy: (files, [before = "", within = "", after = ""]) => {
    const [shipped = ""] = /copy_headers .*/.exec(files["Caddyfile"] ?? "") ?? [];
    const text = replaceText(files["Caddyfile"] ?? "", [
      ["\t\tforward_auth", `${before}\n\t\tforward_auth`],
      [shipped, within],
      ["\t\treverse_proxy {args.0}", `${after}\n\t\treverse_proxy {args.0}`],
    ]);
    return { ...files, Caddyfile: text };
  },
  haproxy: (files, [config = "", script = ""]) => ({
    ...files,
    "haproxy.cfg": replaceText(files["haproxy.cfg"] ?? "", [
      ["    http-request lua.gatewarden", `${config}\n    http-request lua.gatewarden`],
    ]),
    "gatewarden.lua": (files["gatewarden.lua"] ?? "").replace(/local identity = \{[^}]*\}/, script),
  }),
  apache: (files, [before = "", within = ""]) => ({
    ...files,
    "gatewarden-host.conf": replaceText(files["gatewarden-host.conf"] ?? "", [
      ["RewriteEngine On", `${before}\nRewriteEngine On`],
      ["    # Who is asking", `${within}\n    # Who is asking`],
    ]),
  }),
};

const readOwn = (seen: readonly Seen[]) =>
  seen.flatMap(({ headers }) => headers.filter(([name]) => /^x[^a-z]own[^a-z]user$/i.test(name)));

describe.each(["nginx", "caddy", "haproxy", "apache"] as const)("With its snippet %s", (name) => {
  const { isSkipped, note } = toSkip([programOf[name]]);

  test.skipIf(isSkipped)(`sets a renamed header, and lets no spelling of it through${note}`, async () => {
    const { out } = await runCli(["snippet", name, "--rules", "{rules.yaml}"], {
      "rules.yaml": `${sections}rules: []\n`,
    });
    const parts = out.split(/^# .*$/m).filter((part) => part.trim() !== "");
    const scene = await startScene(name, (files) => placements[name](files, parts), sections);
    try {
      const send = (...lines: readonly string[]) =>
        sendBytes(scene.proxy.port, get("/private/data", bob.replace("{bob}", scene.tokens.bob), ...lines));
      expect(toStatuses(await send()), scene.proxy.log()).toEqual([200]);
      expect(readOwn(scene.upstream.seen)).toEqual([[expect.stringMatching(/^x-own-user$/i), "bob"]]);
      for (const spelling of ["X-Own-User", "X_Own_User", "X.Own.User", "X-Own_User", "X.Own-User"]) {
        scene.upstream.clear();
        await send(`${spelling}: mallory`);
        expect(JSON.stringify(readOwn(scene.upstream.seen)), spelling).not.toContain("mallory");
      }
    } finally {
      await scene.close();
    }
  });
});
