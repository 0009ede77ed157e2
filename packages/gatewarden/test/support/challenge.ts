// Reads WWW-Authenticate by the grammar of RFC 9110 §11.6.1: challenges, each with its parameters.

export interface Challenge {
  readonly scheme: string;
  readonly parameters: Readonly<Record<string, string>>;
}

const parameter = /([!#$%&'*+\-.^_`|~0-9A-Za-z]+)=(?:"((?:[^"\\\p{Cc}]|\\.)*)"|([!#$%&'*+\-.^_`|~0-9A-Za-z]+))/uy;

/** Throws when a value is not one challenge, well formed from the first to the last character. */
export function parseChallenge(value: string): Challenge {
  const scheme = /^[A-Za-z]+/.exec(value)?.[0];
  if (scheme === undefined) throw new SyntaxError(`No scheme in ${value}`);
  const parameters: Record<string, string> = {};
  let position = scheme.length + 1;
  if (value.length > scheme.length && value[scheme.length] !== " ") throw new SyntaxError(`No blank in ${value}`);
  while (position < value.length) {
    parameter.lastIndex = position;
    const match = parameter.exec(value);
    const name = match?.[1]?.toLowerCase();
    if (!match || name === undefined || Object.hasOwn(parameters, name)) {
      throw new SyntaxError(`Bad parameter at ${position} in ${value}`);
    }
    parameters[name] = match[3] ?? (match[2] ?? "").replace(/\\(.)/g, "$1");
    position = parameter.lastIndex;
    if (position < value.length && !value.startsWith(", ", position)) throw new SyntaxError(`No comma in ${value}`);
    position += 2;
  }
  return { scheme, parameters };
}
