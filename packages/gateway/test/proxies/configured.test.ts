// What users do to the shipped configurations must not open them: own locations and error pages,
// internal redirects, and a script that fails.
import { describe, expect, test } from "vitest";
import { toSkip } from "../../../../scripts/lib/programs.mjs";
import { get } from "./_case.js";
import { findWrongs } from "./_oracle.js";
import { type RealProxy, replaceText } from "./_proxies.js";
import { sendBytes, toStatuses } from "./_raw.js";
import { type Scene, startScene } from "./_scene.js";

const nginx = toSkip(["nginx"]);
const haproxy = toSkip(["haproxy"]);

/** Runs a test in a scene with one file changed. */
async function inScene(
  name: RealProxy,
  { file, from, to }: { readonly file: string; readonly from: string; readonly to: string },
  run: (scene: Scene) => Promise<void>,
): Promise<void> {
  const scene = await startScene(name, (files) => ({ ...files, [file]: replaceText(files[file] ?? "", [[from, to]]) }));
  try {
    await run(scene);
  } finally {
    await scene.close();
  }
}

const place = { file: "nginx.conf", from: "location / {" };
const status = async (scene: Scene, bytes: string) => toStatuses(await sendBytes(scene.proxy.port, bytes))[0];

describe.skipIf(nginx.isSkipped)(`nginx with locations of a user's own${nginx.note}`, () => {
  test("protects a location that the gateway's files do not know", async () => {
    const to = "location /private/own { proxy_pass http://application; }\n        location / {";
    await inScene("nginx", { ...place, to }, async (scene) => {
      expect(await status(scene, get("/private/own"))).toBe(401);
      expect(scene.upstream.seen).toEqual([]);
      expect(await status(scene, get("/private/own", `Authorization: Bearer ${scene.tokens.alice}`))).toBe(200);
    });
  });

  test("refuses where an error page of the user's own takes the place of the gateway's", async () => {
    const to =
      "error_page 401 403 /private/sorry;\n        location /private/ { error_page 401 403 500 /public/sorry; proxy_pass http://application; }\n        location / {";
    await inScene("nginx", { ...place, to }, async (scene) => {
      expect(await status(scene, get("/private/data"))).toBe(401);
      expect(scene.upstream.seen).toEqual([]);
    });
  });

  test("asks again when an error of the backend leads to another location", async () => {
    const to =
      "location /public/broken { proxy_intercept_errors on; error_page 500 = /private/page; proxy_pass http://application; }\n        location / {";
    await inScene("nginx", { ...place, to }, async (scene) => {
      await status(scene, get("/public/broken"));
      const questions = scene.lines.filter((line) => line.includes('"decision"'));
      expect(questions).toHaveLength(2);
    });
  });

  test("forgets no identity header in a location that sets one of its own and includes the file again", async () => {
    const to =
      "location /private/ { include gatewarden-upstream.conf; proxy_set_header X-Own 1; proxy_pass http://application; }\n        location / {";
    await inScene("nginx", { ...place, to }, async (scene) => {
      await status(scene, get("/private/a", `Authorization: Bearer ${scene.tokens.bob}`, "X-Auth-Subject: mallory"));
      expect(scene.upstream.seen).toHaveLength(1);
      expect(scene.upstream.seen.flatMap((one) => findWrongs(one, scene.tokens))).toEqual([]);
    });
  });
});

describe.skipIf(haproxy.isSkipped)(`HAProxy with a script that fails${haproxy.note}`, () => {
  test.each([
    ["throws", 'error("broken")'],
    ["ends without a decision", "do return end"],
  ])("refuses when it %s", async (_, broken) => {
    const from = "    local client = core.httpclient()";
    await inScene("haproxy", { file: "gatewarden.lua", from, to: `    ${broken}\n${from}` }, async (scene) => {
      expect(await status(scene, get("/public/a"))).toBe(503);
      expect(scene.upstream.seen).toEqual([]);
    });
  });
});
