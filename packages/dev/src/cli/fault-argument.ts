// A fault as written on a command line: `jwks-slow:seconds=10,times=2`.
import { suggestName, UsageError } from "gatewarden/terminal";
import { TenantError } from "../errors.js";
import { faultNames } from "../faults/catalogue.js";
import type { Fault, FaultParameter } from "../faults/fault.js";
import { parseFault } from "../faults/parse-fault.js";

/**
 * Parses a name and, after a colon, its parameters. Throws a `UsageError` that names what is wrong
 * and, for a misspelt name, the one that was probably meant.
 */
export function parseFaultArgument(argument: string): Fault {
  const [name = ""] = argument.split(":");
  requireFaultName(name);
  try {
    return parseArgument(argument);
  } catch (error) {
    throw error instanceof TenantError ? new UsageError(error.message) : error;
  }
}

/** Throws a `UsageError`. */
export function requireFaultName(name: string): void {
  if ((faultNames as readonly string[]).includes(name)) return;
  throw new UsageError(`There is no fault ${JSON.stringify(name.slice(0, 60))}${suggestName(name, faultNames)}`);
}

function parseArgument(argument: string): Fault {
  const [, name = argument, parameters] = /^([^:]*):(.*)$/s.exec(argument) ?? [];
  if (parameters === undefined) return parseFault(name);
  // A comma separates parameters only where the next one begins: a JSON list may contain commas.
  const pairs = parameters.split(/,(?=\w+=)/).map((pair): [string, unknown] => {
    const [, key = pair, value = ""] = /^(\w+)=(.*)$/s.exec(pair) ?? [];
    return [key, parseValue(key, value)];
  });
  return parseFault({ ...Object.fromEntries(pairs), name });
}

/**
 * Text parameters stay text, even if they look like JSON. A list of one may be written as its
 * element.
 */
function parseValue(key: string, text: string): unknown {
  if (texts.includes(key)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return key === "permissions" ? [text] : text;
  }
}

const texts: readonly string[] = ["audience", "issuer", "secret"] satisfies FaultParameter[];
