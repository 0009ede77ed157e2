// Moves an application from another library to Gatewarden. Nothing is written here.
import type { SourceFile } from "ts-morph";
import { toImport } from "./edits.js";
import { expressJwt } from "./from/express-jwt.js";
import { expressOauth2JwtBearer } from "./from/express-oauth2-jwt-bearer.js";
import { passportJwt } from "./from/passport-jwt.js";
import { findUses, type LibraryImport, readImport } from "./imports.js";
import type { Library, User } from "./library.js";
import { Plan, type Remark } from "./plan.js";
import { openProject } from "./project.js";

export type { Remark };

const libraries: readonly Library[] = [expressOauth2JwtBearer, expressJwt, passportJwt];

/** The packages that this can move an application from. */
export const packages: readonly string[] = libraries.map(({ name }) => name);

/** A file as it is, and as it would be. */
export interface ChangedFile {
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

/** What would be done for one library. */
export interface Migration {
  readonly from: string;
  /**
   * `api`: the code uses Gatewarden's own API. `drop-in`: only the import changes, since
   * `obstacles` are in the way.
   */
  readonly way: "api" | "drop-in";
  readonly files: readonly ChangedFile[];
  readonly obstacles: readonly Remark[];
  /** What a person should look at. */
  readonly remarks: readonly Remark[];
  /** Packages to uninstall. */
  readonly uninstall: readonly string[];
}

/** How to migrate. */
export interface MigrateOptions {
  /** Change imports only, to the drop-in replacement. Default false. */
  readonly dropIn?: boolean;
}

/**
 * What would change in the files at the paths, for each library that they import. Code that
 * Gatewarden's own API cannot express, or that cannot be understood, makes the library's drop-in
 * replacement the way: an application is never left half moved. Throws `MissingPathError`.
 */
export function migrate(paths: readonly string[], { dropIn = false }: MigrateOptions = {}): readonly Migration[] {
  const project = openProject(paths);
  return libraries.flatMap((library) => {
    const users = project.flatMap((source) => {
      const found = readImport(source, library.name);
      return found ? [{ source, found }] : [];
    });
    return users.length === 0 ? [] : [migrateFrom(library, users, { project, dropIn })];
  });
}

interface Surroundings {
  readonly project: readonly SourceFile[];
  readonly dropIn: boolean;
}

function migrateFrom(library: Library, users: readonly User[], { project, dropIn }: Surroundings): Migration {
  const plan = new Plan();
  if (!dropIn) library.plan(plan, users, project);
  const { obstacles, remarks } = plan;
  const from = library.name;
  if (dropIn || obstacles.length > 0) {
    return { from, way: "drop-in", files: replaceImports(library, users), obstacles, remarks: [], uninstall: [from] };
  }
  for (const { source, found } of users)
    plan.edit(source).replace(found.statement, plan.edit(source).toImports(found.style));
  const files = plan.files
    .filter(({ isEmpty }) => !isEmpty)
    .map((edits) => {
      const isUser = users.some(({ source }) => source === edits.source);
      const [first] = edits.source.getStatements();
      const imports =
        isUser || !first ? "" : edits.toImports({ isCommonJs: plan.isCommonJs(edits.source), quote: '"', end: ";" });
      if (imports !== "" && first) edits.insertBefore(first, `${imports}\n`);
      return { path: edits.source.getFilePath(), before: edits.source.getFullText(), after: edits.apply() };
    });
  const added = plan.added.map(({ path, text }) => ({ path, before: "", after: text }));
  return {
    from,
    way: "api",
    files: [...files, ...added],
    obstacles,
    remarks,
    uninstall: [from, ...library.companions],
  };
}

/** Only the module's name changes; with it go the functions of jwks-rsa, which the drop-in has too. */
function replaceImports(library: Library, users: readonly User[]): readonly ChangedFile[] {
  return users.map(({ source, found }) => {
    const plan = new Plan();
    const edits = plan.edit(source);
    const [quote = '"'] = found.specifier.getText();
    edits.replace(found.specifier, `${quote}${library.dropIn}${quote}`);
    const keys = library.companions.includes("jwks-rsa") ? readImport(source, "jwks-rsa") : undefined;
    if (keys) {
      const function_ = library.name === "express-jwt" ? "expressJwtSecret" : "passportJwtSecret";
      const whole = [...keys.names].find(([, exported]) => exported === "default" || exported === "*")?.[0];
      const accesses = source.getDescendants().filter((node) => whole && node.getText() === `${whole}.${function_}`);
      for (const access of accesses) edits.replace(access, function_);
      const hasMore = whole !== undefined && findUses(source, whole, keys).length > accesses.length;
      const before = hasMore && keys.names.size === 1 ? `${keys.statement.getText()}\n` : "";
      edits.replace(keys.statement, before + toKeyImports(keys, function_, library.dropIn));
    }
    return { path: source.getFilePath(), before: source.getFullText(), after: edits.apply() };
  });
}

/** What a drop-in has of jwks-rsa, beside its function. */
const keyTypes: ReadonlyMap<string, readonly string[]> = new Map([
  ["gatewarden/compat/express-jwt", ["GetVerificationKey"]],
]);

/** The drop-in's names come from it, under the names that the file gives them. The others stay. */
function toKeyImports({ names, style }: LibraryImport, function_: string, dropIn: string): string {
  const types = keyTypes.get(dropIn) ?? [];
  const [moved, kept]: [Set<string>, string[]] = [new Set(), []];
  for (const [local, exported] of names) {
    const name = local === exported ? local : `${exported} as ${local}`;
    if (exported === "default" || exported === "*") moved.add(function_);
    else if (exported === function_) moved.add(name);
    else if (types.includes(exported)) moved.add(`type ${name}`);
    else kept.push(name);
  }
  const imports = [toImport([...moved], dropIn, style), toImport(kept, "jwks-rsa", style)];
  return imports.filter((_, at) => [moved.size, kept.length][at] !== 0).join("\n");
}
