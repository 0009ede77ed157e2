// Moves an application from another library to Gatewarden. Nothing is written here.
import type { SourceFile } from "ts-morph";
import { type FileEdits, toImport } from "./edits.js";
import { expressJwt } from "./from/express-jwt.js";
import { expressOauth2JwtBearer } from "./from/express-oauth2-jwt-bearer.js";
import { passportJwt } from "./from/passport-jwt.js";
import { findSpecifiers, findUses, isCrowded, readImport } from "./imports.js";
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
  const used = libraries.filter(({ name }) => project.some((source) => findSpecifiers(source, name).length > 0));
  return used.map((library) => {
    const migration = migrateFrom(library, { project, dropIn, isOnly: used.length === 1 });
    // The next library continues with what this one leaves of a file.
    if (used.length > 1)
      for (const { path, after } of migration.files)
        project.find((source) => source.getFilePath() === path)?.replaceWithText(after);
    return migration;
  });
}

interface Surroundings {
  readonly project: readonly SourceFile[];
  readonly dropIn: boolean;
  /** Whether the application uses no other of the libraries. */
  readonly isOnly: boolean;
}

function migrateFrom(library: Library, { project, dropIn, isOnly }: Surroundings): Migration {
  const plan = new Plan();
  const users = project.flatMap((source) => {
    const found = readImport(source, library.name);
    return found ? [{ source, found }] : [];
  });
  if (!dropIn) {
    stopAtOtherImports(plan, library, { project, users, isOnly });
    if (plan.obstacles.length === 0) library.plan(plan, users, project);
  }
  const { obstacles, remarks } = plan;
  const { name: from, companions } = library;
  if (dropIn || obstacles.length > 0) {
    return { from, way: "drop-in", files: replaceImports(library, project), obstacles, remarks: [], uninstall: [from] };
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
    uninstall: [from, ...companions],
  };
}

interface Found extends Pick<Surroundings, "project" | "isOnly"> {
  readonly users: readonly User[];
}

/** Stops where files import a library in more ways than one: a rewrite would leave some behind. */
function stopAtOtherImports(plan: Plan, library: Library, { project, users, isOnly }: Found): void {
  const { name: own, companions } = library;
  for (const source of project) {
    const found = users.find((user) => user.source === source)?.found;
    for (const specifier of findSpecifiers(source, own)) {
      if (specifier !== found?.specifier) plan.stop(specifier, "it is imported here in a way that cannot be followed");
      else if (!isOnly) plan.stop(specifier, "several of the libraries write the same members of the request");
    }
    for (const name of [own, ...companions]) {
      const one = readImport(source, name);
      if (one && isCrowded(one)) plan.stop(one.statement, "one statement declares other variables too");
    }
  }
}

/** Only the module's name changes; with it go the functions of jwks-rsa, which the drop-in has too. */
function replaceImports(library: Library, project: readonly SourceFile[]): readonly ChangedFile[] {
  return project.flatMap((source) => {
    const specifiers = findSpecifiers(source, library.name);
    if (specifiers.length === 0) return [];
    const plan = new Plan();
    const edits = plan.edit(source);
    for (const specifier of specifiers) {
      const [quote = '"'] = specifier.getText();
      edits.replace(specifier, `${quote}${library.dropIn}${quote}`);
    }
    replaceKeySource(edits, library);
    return [{ path: source.getFilePath(), before: source.getFullText(), after: edits.apply() }];
  });
}

/**
 * The function of jwks-rsa that the drop-in has too, and its type. What else a file uses of jwks-rsa
 * stays.
 */
function replaceKeySource(edits: FileEdits, { name, dropIn, companions }: Library): void {
  const { source } = edits;
  const keys = companions.includes("jwks-rsa") ? readImport(source, "jwks-rsa") : undefined;
  if (keys === undefined || isCrowded(keys)) return;
  const [secret, type] =
    name === "express-jwt" ? ["expressJwtSecret", "GetVerificationKey"] : ["passportJwtSecret", "SecretOrKeyProvider"];
  const names = [...keys.names].map(([local, exported]) => ({ local, exported }));
  const whole = names.find(({ exported }) => exported === "default" || exported === "*");
  const uses = whole === undefined ? [] : findUses(source, whole.local, keys).map((use) => use.getParentOrThrow());
  const members = uses.filter((use) => use.getText() === `${whole?.local}.${secret}`);
  const moved = names.flatMap((one) => {
    if (one.exported === secret) return [toSpecifier(one)];
    return one.exported === type ? [`type ${toSpecifier(one)}`] : [];
  });
  if (members.length > 0) moved.unshift(secret);
  const kept = names.filter((one) => one !== whole && one.exported !== secret && one.exported !== type);
  const isWholeKept = uses.length > members.length;
  if (moved.length === 0 || (isWholeKept && names.length > 1)) return;
  for (const member of members) edits.replace(member, secret);
  const statements = [toImport(moved, dropIn, keys.style)];
  if (isWholeKept) statements.push(keys.statement.getText());
  if (kept.length > 0) statements.push(toImport(kept.map(toSpecifier), "jwks-rsa", keys.style));
  edits.replace(keys.statement, statements.join("\n"));
}

function toSpecifier({ local, exported }: { readonly local: string; readonly exported: string }): string {
  return local === exported ? local : `${exported} as ${local}`;
}
