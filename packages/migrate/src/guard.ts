// The guard of the rewritten application: where it is declared, and who reaches it.
import { existsSync } from "node:fs";
import { extname, relative } from "node:path";
import { Node, type SourceFile, type Statement, SyntaxKind } from "ts-morph";
import { toImport } from "./edits.js";
import { type Plan, toObject } from "./plan.js";

/** Where the guard is, and what it is called there. */
export interface DeclaredGuard {
  readonly source: SourceFile;
  /** The statement before which it is created, in the same file. */
  readonly statement: Statement;
  readonly name: string;
  /** The file of its own in which it stands, if several files use it. */
  readonly path?: string;
}

/**
 * Creates the guard: before the statement, or in a file of its own if several files use it. Files
 * that import each other in a circle would see it too early.
 */
export function createGuardStatement(plan: Plan, statement: Statement, terms: GuardTerms): DeclaredGuard | undefined {
  const { options, names, isShared, replaces } = terms;
  const source = statement.getSourceFile();
  const edits = plan.edit(source);
  if (!isShared) {
    const name = edits.freeName("guard", "apiGuard");
    const text = `const ${name} = ${edits.use("createGuard", "gatewarden")}(${toObject(options)});`;
    if (replaces) edits.replace(statement, text);
    else edits.insertBefore(statement, `${text}\n${" ".repeat(statement.getIndentationText().length)}`);
    return { source, statement, name };
  }
  const own = names.find((name) => isDeclared(source, name));
  if (own !== undefined)
    return plan.stop(statement, `several files share the guard, whose options use \`${own}\` of this file`);
  const isCommonJs = plan.isCommonJs(source);
  const style = { isCommonJs, quote: '"', end: ";" };
  const path = findFreePath(source);
  const created = `createGuard(${toObject(options)});`;
  const code = isCommonJs ? `exports.guard = ${created}` : `export const guard = ${created}`;
  const comment = "// The guard of this API.";
  plan.add(path, `${comment}\n${toImport(["createGuard"], "gatewarden", style)}\n\n${code}\n`);
  if (replaces) edits.remove(statement);
  return { source, statement, name: "guard", path };
}

/** What the guard is made of. */
export interface GuardTerms {
  readonly options: ReadonlyMap<string, string>;
  /** Names that the options use. */
  readonly names: readonly string[];
  readonly isShared: boolean;
  /** The statement is not needed any more. */
  readonly replaces?: true;
}

function isDeclared(source: SourceFile, name: string): boolean {
  return source.getLocals().some((symbol) => symbol.getName() === name);
}

function findFreePath(source: SourceFile): string {
  const [folder, ending] = [source.getDirectoryPath(), source.getExtension()];
  const isTaken = (name: string) => existsSync(`${folder}/${name}${ending}`);
  let name = ["guard", "api-guard"].find((one) => !isTaken(one)) ?? "gatewarden-guard";
  while (isTaken(name)) name = `new-${name}`;
  return `${folder}/${name}${ending}`;
}

/** The names that expressions use. */
export function namesIn(nodes: Iterable<Node>): readonly string[] {
  return [...nodes].flatMap((node) =>
    [node, ...node.getDescendants()].filter(Node.isIdentifier).map((one) => one.getText()),
  );
}

/** The statement around a node that stands in a block or at the top of the file. */
export function statementOf(node: Node): Statement | undefined {
  const found = [node, ...node.getAncestors()].find((one) => {
    const parent = one.getParent();
    return Node.isStatement(one) && (Node.isSourceFile(parent) || Node.isBlock(parent));
  });
  return found as Statement | undefined;
}

/**
 * The statement before which the guard of a call can be created. Undefined, with an obstacle, inside
 * an arrow function, a parameter, a loop without a block or a class: there the options may use names that the statement does not know, or
 * that mean something else outside.
 */
export function readGuardPlace(plan: Plan, call: Node): Statement | undefined {
  const statement = statementOf(call);
  const ancestors = call.getAncestors();
  const between = statement ? ancestors.slice(0, ancestors.indexOf(statement) + 1) : ancestors;
  const isHidden = between.some(
    (one) =>
      Node.isArrowFunction(one) ||
      Node.isParameterDeclaration(one) ||
      Node.isClassDeclaration(one) ||
      Node.isClassExpression(one) ||
      Node.isIterationStatement(one),
  );
  return isHidden ? plan.stop(call, "it stands inside an arrow function, a parameter, a loop or a class") : statement;
}

/**
 * The name of the guard where a node stands; a file of its own is imported. A node that cannot
 * reach it is an obstacle.
 */
export function reachGuard(plan: Plan, guard: DeclaredGuard, node: Node): string | undefined {
  const source = node.getSourceFile();
  if (guard.path !== undefined) return plan.edit(source).use(guard.name, toRelativePath(source, guard.path));
  const block = guard.statement.getParent();
  const isInside = Node.isSourceFile(block) || node.getAncestors().includes(block as Node);
  if (!isInside) return plan.stop(node, "the guard would be created inside a function, out of reach of this line");
  const own = statementOf(node);
  const isLater = own === undefined || own.getParent() !== block || own.getStart() >= guard.statement.getStart();
  return isLater ? guard.name : plan.stop(node, "this line runs before the guard would be created");
}

/** The path by which a file imports another, with the ending that its other imports have. */
function toRelativePath(from: SourceFile, to: string): string {
  const path = relative(from.getDirectoryPath(), to);
  const whole = path.startsWith(".") ? path : `./${path}`;
  const ending = extname(whole);
  const bare = whole.slice(0, -ending.length);
  if (!writesEndings(from)) return bare;
  const written = { ".ts": ".js", ".mts": ".mjs", ".cts": ".cjs", ".tsx": ".js" }[ending] ?? ending;
  return `${bare}${written}`;
}

/** Whether relative imports of a file write an ending. */
function writesEndings(source: SourceFile): boolean {
  const all = source.getDescendantsOfKind(SyntaxKind.StringLiteral).map((one) => one.getLiteralValue());
  const relatives = all.filter((name) => /^\.{1,2}\/\S+$/.test(name));
  return relatives.length === 0 || relatives.some((name) => /\.[cm]?js$/.test(name));
}
