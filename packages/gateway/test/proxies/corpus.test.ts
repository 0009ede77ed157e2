// Known holes of forward authentication, through real proxies with the configurations of `deploy/`.
// The judge looks at what the upstream saw. Beside each attack stands a valid request.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { toSkip } from "../../../../scripts/lib/programs.mjs";
import type { AttackCase } from "./_case.js";
import { framingCases } from "./_framing.js";
import { headerCases } from "./_headers.js";
import { findWrongs, readSubject } from "./_oracle.js";
import { pathCases } from "./_paths.js";
import { programOf, proxyNames } from "./_proxies.js";
import { sendBytes, toStatuses } from "./_raw.js";
import { type Scene, startScene } from "./_scene.js";

const cases: readonly AttackCase[] = [...pathCases, ...headerCases, ...framingCases];

describe.each(proxyNames)("%s", (name) => {
  const { isSkipped, note } = toSkip([programOf[name]]);

  describe.skipIf(isSkipped)(`in front of the gateway${note}`, () => {
    let scene: Scene;
    beforeAll(async () => {
      scene = await startScene(name);
    });
    afterAll(() => scene?.close());
    beforeEach(() => scene.upstream.clear());

    const fill = (bytes: string) =>
      bytes.replaceAll("{alice}", scene.tokens.alice).replaceAll("{bob}", scene.tokens.bob);

    test.each(cases)("$name ($source)", async ({ attack, outcome, valid }) => {
      const answer = await sendBytes(scene.proxy.port, fill(attack), { patience: 400 });
      const { seen } = scene.upstream;
      expect(seen.flatMap((one) => findWrongs(one, scene.tokens))).toEqual([]);
      if (outcome === "refused") expect(seen.map(({ method, target }) => `${method} ${target}`)).toEqual([]);
      if (outcome === "refused") expect(answer).not.toContain("tunnel");

      scene.upstream.clear();
      const good = await sendBytes(scene.proxy.port, fill(valid));
      expect(toStatuses(good).filter((status) => status !== 200 && status !== 101)).toEqual([]);
      expect(seen.map(({ target, method }) => [method, target, readSubject(seen[0] as never)])).toEqual(
        toExpected(valid),
      );
      expect(seen.flatMap((one) => findWrongs(one, scene.tokens))).toEqual([]);
    });
  });
});

/** The requests in the bytes: method, target, and who asks where the path is protected. */
function toExpected(bytes: string): (string | undefined)[][] {
  return [...bytes.matchAll(/^([A-Z]+) (\S+) HTTP\/1\.[01]\r\n([\s\S]*?)\r\n\r\n/gm)].map(
    ([, method, target = "", head]) => {
      const persona = target.startsWith("/public") ? undefined : /\{(alice|bob)\}/.exec(head ?? "")?.[1];
      return [method, target, persona];
    },
  );
}
