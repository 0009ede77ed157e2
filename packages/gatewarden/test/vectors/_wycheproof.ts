// Reads the vectors of C2SP/wycheproof from the folder that GATEWARDEN_VECTORS names. They are data of others and no part of the project.
import { createPublicKey, type KeyObject } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import process from "node:process";
import type { JsonObject } from "../../src/token/json.js";

const repository = join(import.meta.dirname, "../../../..");
const vectors = process.env["GATEWARDEN_VECTORS"];

/** Where the files are; undefined where nobody said. Naming a folder that holds none is a mistake, and no reason to skip anything. */
export const wycheproofFolder: string | undefined = vectors ? findFolder(resolve(repository, vectors)) : undefined;

function findFolder(folder: string): string {
  const wycheproof = join(folder, "wycheproof");
  if (existsSync(wycheproof)) return wycheproof;
  throw new Error(`GATEWARDEN_VECTORS names ${folder}, which holds no folder "wycheproof"`);
}

/** One vector with the key material of its group. */
export interface Vector {
  readonly tcId: number;
  readonly comment: string;
  readonly result: "valid" | "invalid" | "acceptable";
  readonly group: Group;
  /** Text; an object where the case is about the JSON serialisation. */
  readonly jws?: string | JsonObject;
  readonly jwe?: string | JsonObject;
  /** Hexadecimal. */
  readonly msg?: string;
  /** Hexadecimal. */
  readonly sig?: string;
}

type Material = string | JsonObject;

interface Group {
  /** A JWK or a JWK Set, as an object or as its text. */
  readonly private?: Material;
  readonly public?: Material;
  readonly publicKeyJwk?: JsonObject;
  readonly keyJwk?: JsonObject;
  /** SPKI, hexadecimal. */
  readonly publicKeyDer?: string;
}

/** All vectors of one file. */
export function readVectors(file: string): readonly Vector[] {
  if (wycheproofFolder === undefined) return [];
  const { testGroups } = JSON.parse(readFileSync(join(wycheproofFolder, `${file}_test.json`), "utf8")) as {
    testGroups: readonly (Group & { readonly tests: readonly Omit<Vector, "group">[] })[];
  };
  return testGroups.flatMap((group) => group.tests.map((one) => ({ ...one, group })));
}

/** The keys that a verifier is given: public ones, or what is shared where there are no others. */
export function readKeys({ group }: Vector): readonly JsonObject[] {
  const material = group.public ?? group.private;
  const document = typeof material === "string" ? (JSON.parse(material) as JsonObject) : (material ?? {});
  return Array.isArray(document["keys"]) ? document["keys"] : [document];
}

/** The public key of a group that tests bare signatures. */
export function readPublicKey({ group }: Vector): { readonly key: KeyObject; readonly jwk: JsonObject | undefined } {
  const key = createPublicKey({ key: Buffer.from(group.publicKeyDer ?? "", "hex"), format: "der", type: "spki" });
  return { key, jwk: group.publicKeyJwk ?? group.keyJwk };
}
