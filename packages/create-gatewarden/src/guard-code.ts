// The provider as code in `src/guard.ts`, and as lines of `.env`.
import type { ProviderValues } from "./check-provider.js";
import type { ProviderRow } from "./provider-row.js";

const sample = {
  imports: 'import { auth0 } from "gatewarden/providers";',
  issuer: '  issuer: auth0({ domain: "acme.eu.auth0.com", audience: "https://api.acme.com" }),',
};
const width = 100;

/** Whether the provider is written in `src/guard.ts`. Otherwise the environment has it. */
export function isInCode({ variables }: ProviderRow): boolean {
  return variables === undefined;
}

/** The template with this provider in place of the sample. Other text stays as it is. */
export function toGuardFile(template: string, row: ProviderRow, values: ProviderValues): string {
  const { preset, header, isInCluster } = row;
  if (preset === undefined) throw new Error("Only a preset is written as code");
  const { proxy, ...given } = values;
  const names: string[] = [preset];
  const lines = [`issuer: ${toCall(preset, given)},`];
  if (header !== undefined) {
    names.push("tokenHeaders");
    lines.push(
      `tokenFrom: { header: tokenHeaders.${header} },`,
      `trustProxy: { addresses: [${JSON.stringify(proxy)}] },`,
    );
  }
  if (isInCluster) {
    names.push("createClusterFetch");
    lines.push("fetch: createClusterFetch(),");
  }
  const imports = `import { ${names.toSorted().join(", ")} } from "gatewarden/providers";`;
  const text = replaceOnce(template, sample.imports, imports);
  return replaceOnce(text, sample.issuer, lines.map((line) => `  ${line}`).join("\n"));
}

function replaceOnce(text: string, sought: string, replacement: string): string {
  if (text.split(sought).length !== 2) throw new Error(`The template must have this once: ${sought}`);
  return text.replace(sought, () => replacement);
}

function toCall(preset: string, values: ProviderValues): string {
  const members = Object.entries(values).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  const line = `${preset}({ ${members.join(", ")} })`;
  return line.length <= width ? line : `${preset}({\n${members.map((one) => `    ${one},`).join("\n")}\n  })`;
}

/** The lines of `.env.example` that say whose tokens are accepted. */
export function toEnvironmentLines(
  { id, title, variables = {} }: ProviderRow,
  values: ProviderValues,
  guardPath = "src/guard.ts",
): string {
  const lines = Object.entries(variables).map(([name, variable]) => `${variable}=${quote(values[name] ?? "")}`);
  if (lines.length > 0) return ["# Whose tokens the API accepts, and its own identifier there.", ...lines].join("\n");
  const example = ["ISSUER_BASE_URL=https://login.acme.com/", "AUDIENCE=https://api.acme.com"];
  const says =
    id === "local"
      ? "# Whose tokens the API accepts, and its own identifier there. Replace both lines."
      : `# ${guardPath} accepts tokens of ${title}, unless these two name another issuer.`;
  return [says, ...example.map((line) => (id === "local" ? line : `# ${line}`))].join("\n");
}

/** As Node.js and dotenv read it: quotes keep blanks and `#`. */
function quote(value: string): string {
  if (/^[\w.:/@+~%|-]+$/.test(value)) return value;
  const mark = ['"', "'", "`"].find((one) => !value.includes(one));
  return mark === undefined ? value : `${mark}${value}${mark}`;
}
