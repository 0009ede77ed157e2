// The names that an API knows, declared once: a misspelt one is an error in the editor and at
// start-up.
import { ConfigError } from "../errors.js";
import { permission } from "./permission.js";
import type { PermissionRequirement, RoleRequirement, ScopeRequirement } from "./requirement.js";
import { role } from "./role.js";
import { scope } from "./scope.js";
import { requireCount } from "./validate.js";

/** The names that an API knows. */
export interface VocabularyNames<Permission extends string, Scope extends string, Role extends string> {
  readonly permissions?: readonly Permission[];
  readonly scopes?: readonly Scope[];
  readonly roles?: readonly Role[];
}

/** `permission`, `scope` and `role` that accept only declared names. */
export interface Vocabulary<Permission extends string, Scope extends string, Role extends string> {
  readonly permission: (...names: Permission[]) => PermissionRequirement;
  readonly scope: (...names: Scope[]) => ScopeRequirement;
  readonly role: (...names: Role[]) => RoleRequirement;
}

/**
 * `permission`, `scope` and `role` for the names that an API knows. After
 * `const { permission } = createVocabulary({ permissions: ["read:admin"] })`,
 * `permission("read:admni")` does not compile, and throws `ConfigError` in plain JavaScript. A kind
 * that is not declared has no names.
 */
export function createVocabulary<
  const Permission extends string = never,
  const Scope extends string = never,
  const Role extends string = never,
>(...given: readonly [names: VocabularyNames<Permission, Scope, Role>]): Vocabulary<Permission, Scope, Role> {
  requireCount("createVocabulary", given, 1);
  const [names] = given;
  requireKinds(names);
  return {
    permission: restrict("permission", names.permissions ?? [], permission),
    scope: restrict("scope", names.scopes ?? [], scope),
    role: restrict("role", names.roles ?? [], role),
  };
}

const kinds = ["permissions", "scopes", "roles"];

/**
 * A misspelt kind would declare nothing, and each of its names would then be reported as misspelt.
 */
function requireKinds(names: object): void {
  const unknown = Object.keys(names).find((name) => !kinds.includes(name));
  if (unknown === undefined) return;
  throw new ConfigError({
    option: `createVocabulary: ${JSON.stringify(unknown)}`,
    problem: `is unknown; there are ${kinds.join(", ")}`,
    example: 'createVocabulary({ permissions: ["read:admin"] })',
  });
}

function restrict<Name extends string, Made>(
  kind: string,
  known: readonly Name[],
  make: (...names: readonly string[]) => Made,
): (...names: Name[]) => Made {
  return (...names) => {
    const stranger = names.find((name) => !known.includes(name));
    if (stranger === undefined) return make(...names);
    throw new ConfigError({
      option: `The ${kind} ${JSON.stringify(stranger)}`,
      problem: "is not declared",
      example: `createVocabulary({ ${kind}s: [${JSON.stringify(stranger)}] })`,
    });
  };
}
