// Where verified claims are put on a request: a name, or a path such as `locals.auth`.
import { ConfigError } from "../../index.js";

/** Writes a value to a request. */
export type WriteProperty = (request: object, value: unknown) => void;

const unsafe = ["__proto__", "constructor", "prototype"];

/**
 * Reads the path. Throws `ConfigError` for one that leads to the prototype of objects (CWE-1321).
 */
export function requireProperty(path: string | undefined): WriteProperty {
  const names = (path ?? "auth").match(/[^.[\]]+/g) ?? [];
  if (names.length === 0 || names.some((name) => unsafe.includes(name))) {
    const problem = "must be the name of a property, or a path of names";
    throw new ConfigError({ option: "requestProperty", problem, example: 'requestProperty: "auth"' });
  }
  return (request, value) => {
    let place = request as Record<string, unknown>;
    for (const name of names.slice(0, -1)) place = enter(place, name);
    place[names.at(-1) ?? "auth"] = value;
  };
}

function enter(place: Record<string, unknown>, name: string): Record<string, unknown> {
  const present = place[name];
  if (typeof present === "object" && present !== null) return present as Record<string, unknown>;
  const made = {};
  place[name] = made;
  return made;
}
