// Parses faults: checks every field, and applies defaults.
import { z } from "zod";
import { toComplaint } from "../config/complaint.js";
import { TenantError } from "../errors.js";
import { parseJson } from "../json.js";
import { faultCatalogue, faultNames, tokenFaultNames } from "./catalogue.js";
import type { Fault, FaultName, FaultParameter } from "./fault.js";

/** A fault by its name only, or with parameters. */
export type FaultInput = FaultName | Fault;

const MAX_SECONDS = 315_360_000;
const positiveSeconds = z
  .number()
  .positive("must be above 0")
  .max(MAX_SECONDS, `must be at most ${MAX_SECONDS}, ten years`);

const parameterSchemas = {
  seconds: positiveSeconds,
  audience: z.string().min(1, "must not be empty"),
  issuer: z.string().min(1, "must not be empty"),
  permissions: z.array(z.string()).min(1, "must name at least one"),
  secret: z.string().min(32, "must have at least 32 characters (RFC 7518 §3.2)"),
  keepOld: z.boolean(),
  times: z.int().positive("must be above 0"),
} satisfies Record<FaultParameter, z.ZodType>;

/** Different limits: a clock may be behind, and a delay must end soon. */
function schemaOf(name: FaultName, parameter: FaultParameter): z.ZodType {
  if (parameter !== "seconds") return parameterSchemas[parameter];
  if (name === "clock-skew") return z.int().min(-MAX_SECONDS).max(MAX_SECONDS);
  if (faultCatalogue[name].kind === "provider") return positiveSeconds.max(600, "must be at most 600, ten minutes");
  return z.int().pipe(positiveSeconds);
}

const examples: Readonly<Record<string, string>> = {
  seconds: "60",
  audience: '"https://another-api.example"',
  issuer: '"https://another-issuer.example/"',
  permissions: '["read:admin"]',
  secret: '"a secret of at least 32 characters"',
  keepOld: "true",
  times: "1",
};

/** The position of the checked part in a larger input, for messages. */
interface InputPlace {
  readonly root: unknown;
  readonly path: readonly PropertyKey[];
}

/** Checks a name; throws a {@link TenantError} that lists the valid ones. */
export function parseFaultName(input: unknown, place: InputPlace = { root: input, path: [] }): FaultName {
  return parseWith(z.enum(faultNames), input, place);
}

/**
 * Checks one fault and applies its defaults; throws a {@link TenantError} that names each wrong
 * field.
 */
export function parseFault(input: unknown, place: InputPlace = { root: input, path: [] }): Fault {
  const { name, fields } = parseName(input, z.enum(faultNames), place);
  return complete(name, fields, place);
}

/** Checks the fault of a single token, which has no `times`. */
export function parseTokenFault(input: unknown, place: InputPlace): Fault {
  const { name, fields } = parseName(input, z.enum(tokenFaultNames), place);
  return complete(name, fields, place, ["times"]);
}

/** Reads a JSON request body: a fault, or a list of them. */
export function parseFaultsBody(body: string): readonly Fault[] {
  let root: unknown;
  try {
    root = parseJson(body);
  } catch (cause) {
    const example = '["expired", {"name": "jwks-slow", "seconds": 10, "times": 2}]';
    throw new TenantError("invalid_request", `The body must be JSON such as ${example}.`, { cause });
  }
  return Array.isArray(root)
    ? root.map((fault, index) => parseFault(fault, { root, path: [index] }))
    : [parseFault(root)];
}

interface Named {
  readonly name: FaultName;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A fault is written as its name, or as an object with a name. */
function parseName(input: unknown, names: z.ZodType<FaultName>, place: InputPlace): Named {
  if (typeof input === "string") return { name: parseWith(names, input, place), fields: { name: input } };
  const fields = parseWith(z.looseObject({}), input, place);
  const name = parseWith(names, fields["name"], { ...place, path: [...place.path, "name"] });
  return { name, fields };
}

function complete(
  name: FaultName,
  fields: Named["fields"],
  place: InputPlace,
  refused: readonly FaultParameter[] = [],
): Fault {
  const { defaults, parameters } = faultCatalogue[name];
  const accepted = (Object.keys(parameters) as FaultParameter[]).filter((parameter) => !refused.includes(parameter));
  const shape = accepted.map((parameter) => [parameter, schemaOf(name, parameter).optional()]);
  const advice = `it takes ${["name", ...accepted].join(", ")}`;
  const given = parseWith(
    z.strictObject({ name: z.literal(name), ...Object.fromEntries(shape) }),
    fields,
    place,
    advice,
  );
  return { ...defaults, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)), name };
}

function parseWith<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  { root, path }: InputPlace,
  advice?: string,
): z.infer<Schema> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const wording = { examples, whole: "the fault", ...(advice !== undefined && { advice }) };
  const complaints = result.error.issues.map((issue) =>
    toComplaint({ ...issue, path: [...path, ...issue.path] }, root, wording),
  );
  throw new TenantError("invalid_request", complaints.join(" "));
}
