// express-jwt and its drop-in, asked the same questions over real sockets.
import * as original from "express-jwt";
import jwksRsa from "jwks-rsa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as dropIn from "../../../src/compat/express-jwt/express-jwt.js";
import { type IssuerServer, startIssuer } from "../../support/issuer-server.js";
import type { Listening } from "../../support/listen.js";
import { ask, ec, readDifferences, rsa, summarise, toGuide } from "../_kit.js";
import { startApplication } from "./_application.js";
import type { Keys, Library } from "./_configurations.js";
import { requests } from "./_requests.js";

const libraries = {
  original: { ...original, expressJwtSecret: jwksRsa.expressJwtSecret } as unknown as Library,
  dropIn: dropIn as Library,
};

let issuer: IssuerServer;
let keys: Keys;
let applications: Record<keyof typeof libraries | "onExpress4", Listening>;

beforeAll(async () => {
  issuer = await startIssuer();
  issuer.publish([
    { ...rsa.jwk, alg: "RS256" },
    { ...ec.jwk, alg: "ES256" },
  ]);
  keys = { jwksUri: `${issuer.origin}/jwks`, deadUri: `${issuer.origin}/dead` };
  issuer.on("/dead", (request) => request.socket.destroy());
  applications = {
    original: await startApplication(libraries.original, keys),
    dropIn: await startApplication(libraries.dropIn, keys),
    onExpress4: await startApplication(libraries.dropIn, keys, 4),
  };
});

afterAll(async () => {
  for (const one of Object.values(applications)) await one.close();
  await issuer.close();
});

describe("A request gets the same answer from both", () => {
  test.each(requests.filter(({ differs }) => differs === undefined))("$name", async ({ config, ...sent }) => {
    const before = await ask(applications.original.origin, config, sent);
    const after = await ask(applications.dropIn.origin, config, sent);
    expect({ ...after, challenge: undefined }).toEqual(before);
    expect(await ask(applications.onExpress4.origin, config, sent)).toEqual(after);
  });
});

const listed = readDifferences(toGuide("express-jwt"), "Requests");
const different = requests.filter(({ differs }) => differs !== undefined);

describe("A request is answered differently on purpose", () => {
  test.each(different)("$name ($differs)", async ({ config, differs, ...sent }) => {
    const before = await ask(applications.original.origin, config, sent);
    const after = await ask(applications.dropIn.origin, config, sent);
    expect(after.body).not.toEqual(before.body);
    expect(listed).toContainEqual({ name: differs, before: summarise(before), after: summarise(after) });
    expect(await ask(applications.onExpress4.origin, config, sent)).toEqual(after);
  });

  test("for the reasons that the guide lists, and for no others", () => {
    expect(listed.map(({ name }) => name)).toEqual([...new Set(different.map(({ differs }) => differs))].sort());
  });
});

describe("A refused request", () => {
  test.each(requests.filter(({ differs }) => differs !== "outage"))(
    "has a challenge if it is a 401: $name",
    async ({ config, ...sent }) => {
      const { status, challenge } = await ask(applications.dropIn.origin, config, sent);
      if (status === 401) expect(challenge).toMatch(/^Bearer realm="api"/);
      else expect(challenge).toBeUndefined();
    },
  );
});
