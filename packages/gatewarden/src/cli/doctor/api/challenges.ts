// WWW-Authenticate by the grammar of RFC 9110 §11.6.1: one line may contain several challenges,
// with commas between and within them.
import { Scanner } from "../../scanner.js";

export interface Challenge {
  /** In lower case. */
  readonly scheme: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** The scheme for trying tokens: Bearer, unless only DPoP is accepted (RFC 9449 §7.2). */
export function chooseScheme(values: readonly string[]): "Bearer" | "DPoP" {
  const schemes = new Set(readChallenges(values)?.map(({ scheme }) => scheme));
  return schemes.has("dpop") && !schemes.has("bearer") ? "DPoP" : "Bearer";
}

const token = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";
const parameter = new RegExp(`^(${token})\\s*=\\s*(?:(${token})|"((?:[^"\\\\]|\\\\.)*)")$`);
const beginning = new RegExp(`^(${token})(?:\\s+(.+))?$`, "s");
const token68 = /^[A-Za-z0-9\-._~+/]+=*$/;

/** All challenges, in order. Undefined if a value is malformed. */
export function readChallenges(values: readonly string[]): readonly Challenge[] | undefined {
  const challenges: { scheme: string; parameters: Map<string, string> }[] = [];
  for (const item of values.flatMap((value) => splitItems(value).items)) {
    const begun = parameter.test(item) ? undefined : beginning.exec(item);
    if (begun) challenges.push({ scheme: (begun[1] ?? "").toLowerCase(), parameters: new Map() });
    const rest = begun ? begun[2] : item;
    if (rest === undefined || (begun && token68.test(rest))) continue;
    const match = parameter.exec(rest);
    const parameters = challenges.at(-1)?.parameters;
    const name = match?.[1]?.toLowerCase();
    // A parameter must belong to a challenge, and occur in it only once.
    if (!match || !parameters || name === undefined || parameters.has(name)) return undefined;
    parameters.set(name, match[2] ?? (match[3] ?? "").replace(/\\(.)/g, "$1"));
  }
  return challenges;
}

/** Parts between commas outside of quotes. Empty parts are skipped (RFC 9110 §5.6.1.2). */
export function splitItems(value: string): { readonly items: readonly string[]; readonly steps: number } {
  const scanner = new Scanner(value);
  const items: string[] = [];
  while (!scanner.isAtEnd) {
    let isQuoted = false;
    let isEscaped = false;
    const item = scanner.takeWhile((character) => {
      if (character === "," && !isQuoted) return false;
      if (character === '"' && !isEscaped) isQuoted = !isQuoted;
      isEscaped = isQuoted && character === "\\" && !isEscaped;
      return true;
    });
    scanner.take();
    items.push(item.trim());
  }
  return { items: items.filter((item) => item !== ""), steps: scanner.steps };
}
