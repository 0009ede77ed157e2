// Converts a value of unknown type to text. The only place where explain code does so: coercion
// (`String(value)`, a template) calls members of the value, and fails if those are not functions,
// as in the claim `{ "toString": 1 }` (CWE-704).

/** Returns text unchanged, and other values as JSON or by their type. Never throws. */
export function describeValue(value: unknown): string {
  switch (typeof value) {
    case "string":
      return value;
    case "number":
    case "boolean":
    case "bigint":
    case "undefined":
      return `${value}`;
    case "object":
      return value === null ? "null" : toJson(value);
    default:
      return `a ${typeof value}`;
  }
}

/** A value without JSON (a cycle, a getter that throws) is named by its type. */
function toJson(value: object): string {
  try {
    return JSON.stringify(value) ?? "an object";
  } catch {
    return "an object";
  }
}
