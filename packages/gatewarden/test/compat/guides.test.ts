// The examples of the migration guides run, and the changed import changes no answer.
import "reflect-metadata";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { Type } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type IssuerServer, startIssuer } from "../support/issuer-server.js";
import { type Listening, listen, originOf } from "../support/listen.js";
import {
  ask,
  audience,
  began,
  byRsa,
  issuer,
  named,
  otherSecret,
  plain,
  rsa,
  secret,
  stranger,
  toGuide,
} from "./_kit.js";

/** Within the package, so that the examples resolve `gatewarden` as a user's program does. */
const ignored = fileURLToPath(new URL("../../.gatewarden/", import.meta.url));
mkdirSync(ignored, { recursive: true });
const folder = mkdtempSync(join(ignored, "guides-"));
writeFileSync(join(folder, "tsconfig.json"), '{ "compilerOptions": { "experimentalDecorators": true } }');
const examples = ["express-jwt", "passport-jwt"].flatMap((guide) => {
  const fences = [...readFileSync(toGuide(guide), "utf8").matchAll(/^```ts\n\/\/ (\w+): (\w+)\n(.*?)^```$/gms)];
  return fences.map(([, stage = "", topic = "", code = ""]) => ({ guide, stage, topic, code }));
});

const before = { ...process.env };
let keys: IssuerServer;

beforeAll(async () => {
  keys = await startIssuer();
  keys.publish([{ ...rsa.jwk, alg: "RS256" }]);
  Object.assign(process.env, {
    JWT_SECRET: secret,
    JWKS_URI: `${keys.origin}/jwks`,
    ISSUER: issuer,
    AUDIENCE: audience,
  });
});

afterAll(async () => {
  rmSync(folder, { recursive: true });
  process.env = before;
  await keys.close();
});

async function start({ guide, stage, topic, code }: (typeof examples)[number]): Promise<Listening> {
  const file = join(folder, `${guide}-${stage}-${topic}.ts`);
  writeFileSync(file, code);
  const { app, AppModule }: { app?: RequestListener; AppModule?: Type } = await import(file);
  if (app) return listen(app);
  const nest = await NestFactory.create(AppModule as Type, { logger: false });
  await nest.listen(0, "127.0.0.1");
  return { origin: originOf(nest.getHttpServer()), close: () => nest.close() };
}

/** Claims that both an application's own tokens and an issuer's have in these examples. */
const tokensOf = {
  secret: {
    good: plain(),
    expired: plain({ exp: began - 1000 }),
    forged: plain({}, { key: otherSecret }),
  },
  jwks: {
    good: named({}, byRsa),
    expired: named({ exp: began - 1000 }, byRsa),
    forged: named({}, { ...byRsa, key: stranger }),
  },
};

/** Gatewarden's own API demands an issuer and an audience, as the guides say. */
const furtherTokens = { good: named(), expired: named({ exp: began - 1000 }), forged: named({}, { key: otherSecret }) };

describe("An example of a guide", () => {
  test("stands there before, after and further", () => {
    const stages = (guide: string) => [
      ...new Set(examples.filter((one) => one.guide === guide).map(({ stage }) => stage)),
    ];
    expect(stages("express-jwt")).toEqual(["before", "after", "further"]);
    expect(stages("passport-jwt")).toEqual(["before", "after", "further"]);
  });

  test.each(examples)("runs: $guide, $stage, $topic", async (example) => {
    const isOwn = example.topic === "secret";
    const tokens = isOwn ? (example.stage === "further" ? furtherTokens : tokensOf.secret) : tokensOf.jwks;
    const { origin, close } = await start(example);
    try {
      const told = (token?: string) => ask(origin, "api", { path: "/private", ...(token !== undefined && { token }) });
      const good = await told(tokens.good);
      expect(good).toMatchObject({ status: 200 });
      expect(JSON.stringify(good.body)).toMatch(example.topic === "nest" ? /for users/ : /"u1"/);
      expect((await told(tokens.expired)).status).toBe(401);
      expect((await told(tokens.forged)).status).toBe(401);
      expect((await told()).status).toBe(401);
    } finally {
      await close();
    }
  });

  test.each(["express-jwt", "passport-jwt"])("changes only its imports: %s", (guide) => {
    const own = examples.filter((one) => one.guide === guide);
    const textOf = (stage: string, topic: string) => {
      const code = own.find((one) => one.stage === stage && one.topic === topic)?.code ?? "";
      return (
        code
          .split("\n")
          .filter((line) => !line.startsWith("import "))
          .join("\n")
          // A cast that the types of the originals need among themselves.
          .replace(" as GetVerificationKey", "")
      );
    };
    for (const { topic } of own.filter(({ stage }) => stage === "before")) {
      expect(textOf("after", topic)).toBe(textOf("before", topic));
    }
  });
});
