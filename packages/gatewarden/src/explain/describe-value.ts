// A value of unknown kind → text. The one place where explaining makes text of what came: coercion
// (`String(value)`, a template) calls members of the value, and fails where those are no functions,
// as in the claim `{ "toString": 1 }` (CWE-704).

/** Text as it is, other values as JSON or by their kind. Never throws. */
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

/** What has no JSON (a cycle, a getter that throws) is named by its kind. */
function toJson(value: object): string {
  try {
    return JSON.stringify(value) ?? "an object";
  } catch {
    return "an object";
  }
}
