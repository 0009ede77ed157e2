// A token on its way to be written: what it says, how that is spelt, who signs it, and what is done to it afterwards.
import { audience, configurations, issuer, start } from "./configurations.mjs";
import { spell } from "./json-text.mjs";

/** @typedef {import("./random.mjs").Random} Random */
/** @typedef {import("./signers.mjs").Members} Members */
/** @typedef {import("./signers.mjs").Signer} Signer */
/** @typedef {"header" | "payload" | "signature"} Part */

/**
 * @typedef {object} Draft
 * @property {import("./configurations.mjs").Configuration} configuration
 * @property {Signer} signer
 * @property {number} now Whole seconds, since jose cuts its clock to those.
 * @property {Members} header
 * @property {Members} claims
 * @property {Set<Part>} respelt Parts whose JSON is spelt in an unusual way.
 * @property {{ header: TextChange[], payload: TextChange[] }} texts
 * @property {((signature: Buffer, input: string) => Buffer)[]} signatures
 * @property {Record<Part, ((encoded: string) => string)[]>} encodings What is done before the part is signed.
 * @property {((token: string) => string)[]} tokens What is done to the finished token.
 * @property {unknown[] | undefined} keySet Keys instead of the configuration's own.
 */

/** @typedef {(text: string) => string | Buffer} TextChange */

/**
 * A good token for one of the configurations.
 * @param {Random} random
 * @returns {Draft}
 */
export function createDraft(random) {
  const configuration = random.pick(configurations);
  const signer = random.pick(configuration.signers);
  const [only] = configuration.jose.algorithms ?? [];
  const alg = configuration.jose.algorithms?.includes(signer.alg) ? signer.alg : String(only);
  const withoutKid = random.chance(5);
  return {
    configuration,
    signer,
    now: start,
    header: {
      alg,
      ...(!withoutKid && { kid: configuration.name === "one id for all keys" ? "one" : signer.kid }),
      ...(configuration.isStrict && { typ: "at+jwt" }),
    },
    claims: {
      iss: issuer,
      ...(configuration.audiences.length > 0 && { aud: audience }),
      sub: "user|1",
      iat: start - 10,
      exp: start + 300,
      ...(configuration.isStrict && { client_id: "client", jti: "1" }),
      ...(configuration.clientIds && { [random.pick(["client_id", "azp"])]: "client" }),
    },
    ...asWritten(),
  };
}

/** A text to which nothing is done yet. */
export function asWritten() {
  /** @type {Pick<Draft, "respelt" | "texts" | "signatures" | "encodings" | "tokens" | "keySet">} */
  const changes = {
    respelt: new Set(),
    texts: { header: [], payload: [] },
    signatures: [],
    encodings: { header: [], payload: [], signature: [] },
    tokens: [],
    keySet: undefined,
  };
  return changes;
}

/**
 * @param {Random} random
 * @param {Draft} draft
 */
export function finish(random, draft) {
  const header = encode(random, draft, "header", draft.header);
  const payload = encode(random, draft, "payload", draft.claims);
  const input = `${header}.${payload}`;
  const made = draft.signer.sign(String(draft.header["alg"]), input);
  const signature = draft.signatures.reduce((bytes, change) => change(bytes, input), made);
  const encoded = apply(signature.toString("base64url"), draft.encodings.signature);
  return apply(`${input}.${encoded}`, draft.tokens);
}

/**
 * @param {Random} random
 * @param {Draft} draft
 * @param {"header" | "payload"} part
 * @param {Members} members
 */
function encode(random, draft, part, members) {
  /** @type {string | Buffer} */
  let text = draft.respelt.has(part) ? spell(random, members) : JSON.stringify(members);
  for (const change of draft.texts[part]) text = change(text.toString());
  return apply(Buffer.from(/** @type {string} */ (text)).toString("base64url"), draft.encodings[part]);
}

/** @param {string} text @param {((text: string) => string)[]} changes */
function apply(text, changes) {
  return changes.reduce((current, change) => change(current), text);
}
