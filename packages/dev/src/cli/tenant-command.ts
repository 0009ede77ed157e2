// `gatewarden tenant`: who and what there is in the running tenant, and the change of it.

import { parseFlags, type Screen, suggestName, UsageError } from "gatewarden/terminal";
import { z } from "zod";
import { requireApi } from "./api-argument.js";
import { flags, tenantKinds, toCommand } from "./flags.js";
import { type CliIo, toJsonLine } from "./io.js";
import { formatRows, type Row } from "./rows.js";
import { callTenant, findTenant } from "./tenant-client.js";

const names = z.array(z.string());
const description = z.looseObject({
  issuer: z.string(),
  apis: z.array(
    z.looseObject({
      audience: z.string(),
      rbac: z.boolean(),
      permissionsInAccessToken: z.boolean(),
      signingAlgorithm: z.string(),
      permissions: names,
    }),
  ),
  personas: z.array(z.looseObject({ id: z.string(), name: z.string(), permissions: names })),
  clients: z.array(z.looseObject({ id: z.string(), name: z.string(), grants: names })),
});
const shown = z.looseObject({ apis: z.array(z.looseObject({ url: z.string(), name: z.string().optional() })) });

interface Kind {
  /** The path below `/dev` where it is changed. */
  readonly folder: string;
  /** Its name and a change, as one types them. */
  readonly example: string;
}

const kinds: Readonly<Record<(typeof tenantKinds)[number], Kind>> = {
  persona: { folder: "personas", example: 'dora name="Dora Dean"' },
  client: { folder: "clients", example: "batch secret=batch-secret" },
  api: { folder: "audiences", example: "https://api.acme.com rbac=false" },
};

export async function runTenant(args: readonly string[], io: CliIo, screen: Screen): Promise<number> {
  const command = toCommand("tenant");
  const { values, operands } = parseFlags({ flags, commands: [command], command: "tenant", args });
  const change = toChange(operands, values.remove);
  for (const url of values.api ?? []) requireApi(url);
  const tenant = await findTenant(values.issuer, io.cwd);
  for (const url of values.api ?? []) {
    await callTenant({ tenant, method: "PUT", path: "/dev/apis", body: { url }, answer: shown });
  }
  for (const url of values["remove-api"] ?? []) {
    await callTenant({ tenant, method: "DELETE", path: `/dev/apis?url=${encodeURIComponent(url)}`, answer: shown });
  }
  if (change !== undefined) {
    await callTenant({ tenant, ...change, answer: z.undefined() });
  }
  const isChange = change !== undefined || values.api !== undefined || values["remove-api"] !== undefined;
  if (values.quiet && isChange && !values.json) return 0;
  const described = await callTenant({ tenant, method: "GET", path: "/dev", answer: description });
  const { apis } = await callTenant({ tenant, method: "GET", path: "/dev/apis", answer: shown });
  io.stdout(values.json ? toJsonLine({ ...described, shown: apis }) : format(described, apis, screen.width));
  return 0;
}

interface Change {
  readonly method: "PUT" | "DELETE";
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
}

const removal = "For example: gatewarden tenant persona dora --remove";

/** `persona dora permissions='["read:admin"]'`. */
function toChange([kind, id, ...members]: readonly string[], isRemoval: boolean): Change | undefined {
  if (kind === undefined) {
    if (isRemoval) throw new UsageError(`--remove needs a persona or a client. ${removal}`);
    return undefined;
  }
  const known = tenantKinds.find((one) => one === kind);
  const { folder, example } = kinds[known ?? "persona"];
  const advice = `For example: gatewarden tenant ${known ?? "persona"} ${example}`;
  if (known === undefined) {
    throw new UsageError(`There is no kind ${JSON.stringify(kind)}${suggestName(kind, tenantKinds)} ${advice}`);
  }
  // Dots alone would be steps of the path (RFC 3986 §5.2.4).
  if (id === undefined || /^\.{0,2}$/.test(id)) throw new UsageError(`Which ${kind}? ${advice}`);
  const path = `/dev/${folder}/${encodeURIComponent(id)}`;
  if (isRemoval && known === "api") throw new UsageError(`--remove is for a persona or a client. ${removal}`);
  if (isRemoval && members.length > 0) throw new UsageError(`--remove takes no change with it. ${removal}`);
  if (isRemoval) return { method: "DELETE", path };
  return { method: "PUT", path, body: Object.fromEntries(members.map(toMember)) };
}

function toMember(member: string): [string, unknown] {
  const separator = member.indexOf("=");
  if (separator < 1) {
    throw new UsageError(`A change is name=value, with JSON or text as the value. For example: rbac=false`);
  }
  const text = member.slice(separator + 1);
  try {
    return [member.slice(0, separator), JSON.parse(text)];
  } catch {
    return [member.slice(0, separator), text];
  }
}

type Description = z.infer<typeof description>;
type Shown = z.infer<typeof shown>["apis"];

function format({ issuer, apis, personas, clients }: Description, online: Shown, width: number): string {
  const list = (values: readonly string[], none = "no permissions"): string => values.join(" ") || none;
  const section = (title: string, rows: readonly Row[]): string => `${title}:\n${formatRows(rows, width)}`;
  return [
    `Local tenant: ${issuer}\nConsole: ${new URL("/console", issuer).href}\n`,
    section("APIs", apis.map(toApiRow)),
    section(
      "Personas",
      personas.map(({ id, name, permissions }) => ({ name: id, text: `${name}, ${list(permissions)}` })),
    ),
    section(
      "Clients",
      clients.map(({ id, name, grants }) => ({ name: id, text: `${name}, ${list(grants, "no grants")}` })),
    ),
    ...(online.length === 0
      ? []
      : [
          section(
            "Shown in the console",
            online.map(({ url, name }) => ({ name: url, text: name ?? "" })),
          ),
        ]),
  ].join("");
}

function toApiRow({
  audience,
  permissions,
  permissionsInAccessToken,
  rbac,
  signingAlgorithm,
}: Description["apis"][number]): Row {
  const switches = rbac ? `RBAC${permissionsInAccessToken ? "" : ", no permissions in tokens"}` : "no RBAC";
  return { name: audience, text: `${signingAlgorithm}, ${switches}, ${permissions.join(" ") || "no permissions"}` };
}
