// passport-jwt and its drop-in, asked the same questions over real sockets.
import jwksRsa from "jwks-rsa";
import original from "passport-jwt";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as dropIn from "../../../src/compat/passport/passport.js";
import { type IssuerServer, startIssuer } from "../../support/issuer-server.js";
import type { Listening } from "../../support/listen.js";
import { ask, ec, readDifferences, rsa, summarise, toGuide } from "../_kit.js";
import { startApplication } from "./_application.js";
import type { Keys, Library } from "./_configurations.js";
import { requests } from "./_requests.js";

const libraries = {
  original: { ...original, passportJwtSecret: jwksRsa.passportJwtSecret } as unknown as Library,
  dropIn: dropIn as Library,
};

let issuer: IssuerServer;
let keys: Keys;
let applications: Record<keyof typeof libraries, Listening>;

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
  };
});

afterAll(async () => {
  for (const one of Object.values(applications)) await one.close();
  await issuer.close();
});

/** Asked with a callback, which hears the reason, and without. */
async function askTwice(library: keyof typeof libraries, { config, path = "/", ...sent }: (typeof requests)[number]) {
  const { origin } = applications[library];
  const told = await ask(origin, config, { ...sent, path });
  const { status, challenge } = await ask(origin, `${config}/plain`, { ...sent, path });
  return { told, plain: { status, challenge } };
}

describe("A request gets the same answer from both", () => {
  test.each(requests.filter(({ differs }) => differs === undefined))("$name", async (entry) => {
    expect(await askTwice("dropIn", entry)).toEqual(await askTwice("original", entry));
  });
});

const listed = readDifferences(toGuide("passport-jwt"), "Requests");
const different = requests.filter(({ differs }) => differs !== undefined);

describe("A request is answered differently on purpose", () => {
  test.each(different)("$name ($differs)", async ({ differs, ...entry }) => {
    const [before, after] = [await askTwice("original", entry), await askTwice("dropIn", entry)];
    expect(after.told.body).not.toEqual(before.told.body);
    expect(after.plain.status).toBe(after.told.status);
    expect(listed).toContainEqual({ name: differs, before: summarise(before.told), after: summarise(after.told) });
  });

  test("for the reasons that the guide lists, and for no others", () => {
    expect(listed.map(({ name }) => name)).toEqual([...new Set(different.map(({ differs }) => differs))].sort());
  });
});
