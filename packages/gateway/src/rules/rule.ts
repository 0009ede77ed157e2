// A rule as the gateway applies it.
import type { LastArgument, Need, Requirement } from "gatewarden";
import type { PathPattern } from "./pattern.js";

/** Where a rule stands in its file. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** What MCP operations need, by their exact names; `true` adds nothing (MCP 2026-07-28). */
export interface McpRules {
  readonly requirement: Requirement | undefined;
  readonly tools: ReadonlyMap<string, Requirement | true> | undefined;
  readonly prompts: ReadonlyMap<string, Requirement | true> | undefined;
  readonly resources: ReadonlyMap<string, Requirement | true> | undefined;
}

/** What a rule asks for. */
export type Access =
  | { readonly kind: "public" }
  | { readonly kind: "deny" }
  | { readonly kind: "token"; readonly need: LastArgument<Need> }
  | { readonly kind: "mcp"; readonly mcp: McpRules };

/** One rule. Those that stand first win. */
export interface Rule {
  /** For logs: its name, or its place. */
  readonly name: string;
  readonly place: Place;
  /** Undefined: all. */
  readonly methods: ReadonlySet<string> | undefined;
  /** Names without port, in lower case. Undefined: all. */
  readonly hosts: ReadonlySet<string> | undefined;
  readonly pattern: PathPattern;
  readonly access: Access;
  /** Equal for rules that ask for the same. */
  readonly accessKey: string;
}
