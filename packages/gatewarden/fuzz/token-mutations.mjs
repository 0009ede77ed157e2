// What can be done to the text of a token: other spellings of its parts, characters in and out, parts in and out.

/** @typedef {import("./draft.mjs").Draft} Draft */
/** @typedef {import("./draft.mjs").Part} Part */
/** @typedef {import("./random.mjs").Random} Random */

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Other spellings of the same bytes, and what some decoders take for one. @type {readonly ((random: Random) => (text: string) => string)[]} */
const spellings = [
  (random) => (text) => text + random.pick(["=", "==", "===", "A", "=A", "~", "?", "\u0000", "%3D", " ", "\n"]),
  (random) => (text) => text.replace(/[-_]/, (found) => (random.chance(80) ? (found === "-" ? "+" : "/") : found)),
  (random) => (text) =>
    `${text.slice(0, -1)}${alphabet[(alphabet.indexOf(text.slice(-1)) ^ random.pick([1, 2, 3, 4, 8, 15])) & 63]}`,
  (random) => (text) =>
    insert(
      text,
      random.below(text.length + 1),
      random.pick([" ", "\n", "\t", "\r\n", "=", "?", "+", "/", "é", "\u200b", "\u00a0"]),
    ),
  () => (text) => text.slice(0, -1),
  () => (text) => Buffer.from(text, "base64url").toString("base64"),
  () => () => "",
];

/** @param {string} text @param {number} position @param {string} what */
function insert(text, position, what) {
  return text.slice(0, position) + what + text.slice(position);
}

/** @type {readonly Part[]} */
const parts = ["header", "payload", "signature"];

/** @type {readonly ((random: Random, draft: Draft) => void)[]} */
export const tokenMutations = [
  (random, { encodings }) => {
    encodings[random.pick(parts)].push(random.pick(spellings)(random));
  },
  (random, { tokens }) => {
    const [position, character] = [random.below(2000), random.pick([...alphabet, ".", "=", " ", "+", "\u0000", "é"])];
    const removed = random.below(3);
    tokens.push(
      (token) => token.slice(0, position % token.length) + character + token.slice((position % token.length) + removed),
    );
  },
  (random, { tokens }) => {
    const change = random.pick([
      (/** @type {string[]} */ all) => all.slice(0, 2),
      (/** @type {string[]} */ all) => all.slice(1),
      (/** @type {string[]} */ all) => [...all, ""],
      (/** @type {string[]} */ all) => ["", ...all],
      (/** @type {string[]} */ all) => [...all, ...all],
      (/** @type {string[]} */ all) => [...all].reverse(),
      (/** @type {string[]} */ all) => [...all.slice(0, 2), ""],
      (/** @type {string[]} */ [header, , signature]) => [header ?? "", "", signature ?? ""],
    ]);
    tokens.push((token) => change(token.split(".")).join("."));
  },
  (random, { tokens }) => {
    tokens.push(
      random.pick([
        (token) => ` ${token}`,
        (token) => `${token} `,
        (token) => `"${token}"`,
        (token) => `Bearer ${token}`,
        (token) => `${token}\n`,
      ]),
    );
  },
];
