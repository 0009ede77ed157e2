// The text of docs/mcp-conformance.md: what was run, and how each scenario ended.
import type { Tally } from "./_suite.js";

/** One column: a version of the suite at one revision of the protocol. */
export interface Column {
  readonly title: string;
  readonly results: ReadonlyMap<string, Tally>;
}

/** Scenarios that do not apply, by the beginning of their names. */
const notApplicable: Readonly<Record<string, string>> = {
  "tasks-": "an extension (SEP-2663) that the SDK's server does not have",
  "sep-2640-": "an extension (SEP-2640, skills) that the fixture does not serve",
};

/** Why a scenario does not apply. Undefined if it does. */
export function readReason(scenario: string): string | undefined {
  return Object.entries(notApplicable).find(([start]) => scenario.startsWith(start))?.[1];
}

/** The page on servers, made from what the suite wrote down. */
export function toPage(columns: readonly Column[], scenarios: readonly string[], issuer: Column): string {
  const titles = columns.map(({ title }) => title);
  const rows = scenarios.map((name) => {
    const cells = columns.map(({ results }) => toCell(results.get(name)));
    return [`\`${name}\``, ...cells, readReason(name) ?? ""];
  });
  const lines = [["scenario", ...titles, "does not apply"], ["---", ...titles.map(() => "---"), "---"], ...rows];
  const issuerLines = [
    ["scenario", issuer.title],
    ["---", "---"],
  ].concat([...issuer.results].map(([name, tally]) => [`\`${name}\``, toCell(tally)]));
  return `${introduction}\n${toTable(lines)}\n${issuerIntroduction}\n${toTable(issuerLines)}`;
}

const toTable = (lines: readonly (readonly string[])[]) => lines.map((cells) => `| ${cells.join(" | ")} |\n`).join("");

function toCell(tally: Tally | undefined): string {
  if (tally === undefined) return "–";
  const { passed, failed, warnings, skipped } = tally;
  const notes = [warnings > 0 && `${warnings} warnings`, skipped > 0 && `${skipped} skipped`].filter(Boolean);
  return [...(passed + failed > 0 ? [`${passed} of ${passed + failed}`] : []), ...notes].join(", ");
}

const introduction = `# MCP conformance

This page answers: which checks of the protocol's own suite does a protected MCP server pass?

[@modelcontextprotocol/conformance](https://github.com/modelcontextprotocol/conformance) tests MCP
servers. \`examples/mcp/test/conformance\` runs it and writes this page, so a changed result fails a
test. The suite needs Node.js 22 or newer.

- What is tested is the guard of [\`examples/mcp\`](../examples/mcp/README.md): its metadata, its
  \`protect\` and its Express app. Behind it stands a server with the tools, resources and prompts
  that the suite calls by name. Each tool and each prompt needs a permission.
- The suite has no option for headers, so it cannot send a token. A proxy on this machine adds one
  to each request and changes nothing else. The tests also show that \`ping\` fails without a token,
  and a tool's scenario with a token that lacks the permission.
- Two versions are run: the one that npm calls latest, and the pre-release that knows revision
  2026-07-28. The pre-release runs exactly what a revision requires (\`--requirements\`).
- Neither version has scenarios for a server's authorization or for DPoP. Those are proposed
  upstream in [#116](https://github.com/modelcontextprotocol/conformance/issues/116),
  [#369](https://github.com/modelcontextprotocol/conformance/issues/369) and
  [#395](https://github.com/modelcontextprotocol/conformance/pull/395). \`authorization.test.ts\` and
  \`dpop.test.ts\` in \`examples/mcp/test\` check what those list.
- The two warnings of \`server-sse-polling\` are the older suite's own: it calls with revision
  2025-03-26, to which the SDK sends no priming event. The newer version passes.

A cell says how many checks passed. "–" means that this version or revision does not run the
scenario.
`;

const issuerIntroduction = `## The issuer

The pre-release also has scenarios for authorization servers. They run against the
[local tenant](local-tenant.md), with a person who logs in.
`;
