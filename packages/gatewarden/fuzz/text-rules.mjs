// Rules about the text of a compact JWS, which tokens and proofs have in common.
import { isCanonical, survey } from "./view.mjs";

/** @typedef {import("./view.mjs").TokenView} TokenView */

/** @type {readonly { name: string, holds: (seen: TokenView) => boolean }[]} */
export const textRules = [
  {
    name: "base64url has one spelling (RFC 7515 §2, RFC 4648 §3.5)",
    holds: ({ parts }) => !parts.every(isCanonical),
  },
  {
    name: "JSON names each member once (RFC 7519 §4, RFC 8725 §2.4)",
    holds: ({ texts }) => texts.some((text) => survey(text).namesTwice),
  },
  {
    name: "JSON nests at most 32 levels below the top",
    holds: ({ texts }) => texts.some((text) => survey(text).depth > 33),
  },
  {
    name: "JSON text is whole Unicode (RFC 8259 §8.2)",
    holds: ({ texts }) => texts.some((text) => survey(text).hasLoneSurrogate),
  },
  {
    name: "JSON has no byte order mark (RFC 8259 §8.1)",
    holds: ({ texts }) => texts.some((text) => text.startsWith("\ufeff")),
  },
];
