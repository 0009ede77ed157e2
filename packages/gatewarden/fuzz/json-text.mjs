// JSON values as text that no serialiser would write: other spellings of the same value, members named twice, and text that is no JSON.

/** @typedef {import("./random.mjs").Random} Random */

/**
 * The value, spelt in one of many ways that mean the same.
 * @param {Random} random
 * @param {unknown} value
 * @returns {string}
 */
export function spell(random, value) {
  const gap = () => (random.chance(15) ? random.pick([" ", "\n", "\t", "\r\n", "  "]) : "");
  /** @param {unknown} one @returns {string} */
  const write = (one) => {
    if (typeof one === "string") return spellString(random, one);
    if (typeof one === "number") return spellNumber(random, one);
    if (Array.isArray(one)) return `[${gap()}${one.map(write).join(`${gap()},${gap()}`)}${gap()}]`;
    if (typeof one !== "object" || one === null) return JSON.stringify(one) ?? "null";
    const members = Object.entries(one).map(
      ([name, inner]) => `${spellString(random, name)}${gap()}:${gap()}${write(inner)}`,
    );
    if (random.chance(20)) members.reverse();
    return `{${gap()}${members.join(`${gap()},${gap()}`)}${gap()}}`;
  };
  return gap() + write(value) + gap();
}

/** @param {Random} random @param {string} text */
export function spellString(random, text) {
  const written = JSON.stringify(text);
  if (!random.chance(25)) return written;
  const characters = Array.from(text, (character) => {
    if (random.chance(60)) return JSON.stringify(character).slice(1, -1);
    return Array.from({ length: character.length }, (_, index) => spellCode(random, character.charCodeAt(index))).join(
      "",
    );
  });
  return `"${characters.join("")}"`;
}

/** @param {Random} random @param {number} code */
function spellCode(random, code) {
  const hex = code.toString(16).padStart(4, "0");
  return `\\u${random.chance(50) ? hex : hex.toUpperCase()}`;
}

/** @param {Random} random @param {number} number */
function spellNumber(random, number) {
  const usual = JSON.stringify(number);
  if (!Number.isInteger(number) || usual.includes("e") || !random.chance(30)) return usual;
  return random.pick([`${usual}.0`, `${usual}e0`, `${usual}E+0`, `${usual}0e-1`, `${usual}.000000000000`]);
}

/** Values that stand where others are expected. @type {readonly unknown[]} */
export const oddValues = [
  ...[null, true, false, 0, -1, 1.5, 1e308, -1e308, 2 ** 53, 5e-324],
  ...[
    "",
    " ",
    "0",
    "x",
    "null",
    "__proto__",
    "constructor",
    "\u0000",
    "é",
    "e\u0301",
    "\ud83d\ude00",
    "a:b",
    'a"b',
    "a\\",
  ],
  ...[[], [[]], [null], [0], {}, { a: 1 }, { length: 1, 0: "x" }, "x".repeat(300)],
];

/** Members that are put in by their text, since an object cannot hold them. */
export const oddMembers = [
  ...[
    '"__proto__":{"exp":1}',
    '"__proto__":{"iss":"x"}',
    '"constructor":{"prototype":{}}',
    '"toString":1',
    '"hasOwnProperty":null',
  ],
  ...[
    '"x":1e999',
    '"x":-1e999',
    '"exp":1e999',
    '"exp":-1e999',
    '"nbf":-1e999',
    '"nbf":1e999',
    '"iat":-1e999',
    '"x":"\\ud800"',
    '"sub":"\\udc00x"',
  ],
  ...[
    '"x":"\\ud83d\\ude00"',
    '"x":"\\\\ud800"',
    '"":1',
    '"x":{"a":1,"a":1}',
    '"x":[{"a":1,"\\u0061":2}]',
    '"x":{"a:b":":"}',
    '"\\ud800":1',
  ],
  ...[31, 32, 33, 40, 200].flatMap((depth) => [
    `"x":${"[".repeat(depth)}${"]".repeat(depth)}`,
    `"x":${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`,
  ]),
];

/** Ways to make something else of an object's text. @type {readonly ((text: string) => string | Buffer)[]} */
export const distortions = [
  (text) => `\ufeff${text}`,
  (text) => `${text}\u0000`,
  (text) => `${text}${text}`,
  (text) => `${text} {}`,
  (text) => `[${text}]`,
  (text) => JSON.stringify(text),
  (text) => text.slice(0, -1),
  (text) => text.slice(1),
  (text) => `${text.slice(0, -1)},}`,
  (text) => text.replaceAll('"', "'"),
  (text) => `/**/${text}`,
  (text) => text.replace(":", ":NaN,"),
  (text) => text.replace('":', '"\u00a0:'),
  (text) => text.replace(/\d/, "0$&"),
  (text) => Buffer.from(text, "utf16le"),
  (text) => Buffer.concat([Buffer.from(text.slice(0, -1)), Buffer.from(',"x":"'), Buffer.of(0xff), Buffer.from('"}')]),
  (text) =>
    Buffer.concat([
      Buffer.from(text.slice(0, -1)),
      Buffer.from(',"x":"'),
      Buffer.of(0xed, 0xa0, 0x80),
      Buffer.from('"}'),
    ]),
  (text) =>
    Buffer.concat([Buffer.from(text.slice(0, -1)), Buffer.from(',"x":"'), Buffer.of(0xc0, 0xaf), Buffer.from('"}')]),
  () => "{}",
  () => "null",
  () => "[]",
  () => "",
  () => "0",
];
