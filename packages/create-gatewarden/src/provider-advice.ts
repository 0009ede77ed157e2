// What is left to do for the chosen provider, in words: for the README and the end of the command.
import { isInCode } from "./guard-code.js";
import type { PackageManagerRow } from "./package-managers.js";
import type { Grant, ProviderRow } from "./provider-row.js";

const page = "https://github.com/gatewarden/gatewarden/blob/main/docs/providers.md";

/** Paragraphs of at most 100 columns. */
export function toProviderAdvice(row: ProviderRow, { commands }: PackageManagerRow): readonly string[] {
  return [...toPlace(row, commands["npm run"]), ...(row.id === "oidc" ? unknownGrant : grants[row.grant])];
}

function toPlace(row: ProviderRow, run: string): readonly string[] {
  if (row.id === "local") {
    return [
      "The API knows the local tenant only, until you have a provider. Copy `.env.example` to `.env`, and\nwrite the provider's issuer and the API's audience there.",
      `The presets of \`gatewarden/providers\` know what is particular to each one:\n${page}`,
    ];
  }
  if (!isInCode(row)) {
    return [
      "Copy `.env.example` to `.env`: it says whose tokens the API accepts.",
      `\`${run} dev\` uses the local tenant, whatever \`.env\` says.`,
    ];
  }
  const caveats = row.isInCluster ? ["Keys come from the cluster's API server, with the pod's own token."] : [];
  return [
    `\`src/guard.ts\` accepts tokens of ${row.title}. What to set there:\n${page}`,
    ...caveats,
    `\`${run} dev\` uses the local tenant instead: the variable \`ISSUER_BASE_URL\` replaces the provider.`,
  ];
}

const inTests = "in `src/app.ts` and in the test";

const grants: Readonly<Record<Grant, readonly string[]>> = {
  permission: [],
  scope: [
    `Its tokens grant scopes: write \`scope("read:admin")\` in place of \`permission("read:admin")\`\n${inTests}.`,
  ],
  role: [`Its tokens grant roles: write \`role("admin")\` in place of \`permission("read:admin")\`\n${inTests}.`],
  none: [
    "Its tokens grant nothing: decide by who calls, with `check(…)` in place of\n`permission(…)` in `src/app.ts`.",
  ],
};

const unknownGrant = [
  'The admin endpoint reads the claim `permissions`. If the issuer grants scopes or roles, write\n`scope("read:admin")` or `role("admin")` in place of `permission("read:admin")`.',
];
