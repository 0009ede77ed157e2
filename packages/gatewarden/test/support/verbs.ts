// Reads source files with the compiler, and lists functions whose names promise what they do not keep, and names that mean two things.
import { relative } from "node:path";
import type { FunctionLikeDeclaration, Node, SourceFile } from "typescript/unstable/ast";
import * as is from "typescript/unstable/ast/is";
import { type Checker, type Project, SignatureKind, SymbolFlags } from "typescript/unstable/sync";

/** What a verb promises. `check` on its own is the name of a public method, so a verb counts only before another word. */
const verbs = /^#?(check|has|is|read|refuse|require)[A-Z]/;
/** Names of functions that throw, ours and others'. The two of the language do not. */
const parsing = /^#?(?!parseInt$|parseFloat$)(parse|refuse|require)[A-Z]/;

/** `file:line name problem`, for every function whose name is not true. */
export function findFalseNames(project: Project, files: readonly SourceFile[], root: string): string[] {
  const throwers = new Throwers(project);
  const offenders: string[] = [];
  for (const file of files) {
    visit(file, (node) => {
      const name = nameOf(node);
      const verb = verbs.exec(name)?.[1];
      const problem = verb === undefined ? undefined : findProblem(verb, node, throwers);
      if (problem !== undefined) offenders.push(`${placeOf(node, file, root)} ${name} ${problem}`);
    });
  }
  return offenders;
}

/** Module-level names that one file exports and another one declares as well. `file:line name`. */
export function findSharedNames(files: readonly SourceFile[], root: string): Map<string, string[]> {
  const places = new Map<string, string[]>();
  const exported = new Set<string>();
  for (const file of files) {
    const own = new Set<string>();
    for (const [name, statement] of file.statements.flatMap((one) =>
      declaredBy(one).map((name) => [name, one] as const),
    )) {
      if (/^export\b/.test(file.text.slice(statement.getStart(file)))) exported.add(name);
      if (own.has(name)) continue;
      own.add(name);
      places.set(name, [...(places.get(name) ?? []), placeOf(statement, file, root)]);
    }
  }
  return new Map([...places].filter(([name, found]) => found.length > 1 && exported.has(name)));
}

function findProblem(verb: string, node: Node, throwers: Throwers): string | undefined {
  if (verb === "is" || verb === "has") return isBoolean(node, throwers.checker) ? undefined : "is not boolean";
  const body = bodyOf(node);
  if (body === undefined) return undefined;
  const thrown = throwers.findIn(body, { countsRethrown: verb === "read" });
  if (verb === "refuse" || verb === "require") return thrown === undefined ? "throws nothing" : undefined;
  return thrown === undefined ? undefined : `throws: ${thrown}`;
}

interface Counting {
  /** Whether an error that was caught and thrown on counts: `check*` hands on what is no refusal of its own. */
  readonly countsRethrown: boolean;
}

/** Finds what a function throws by itself, or through the project's own functions that it calls. Not through objects' methods. */
class Throwers {
  readonly checker: Checker;
  readonly #project: Project;
  readonly #known = new Map<string, string | undefined>();

  constructor(project: Project) {
    this.#project = project;
    this.checker = project.checker;
  }

  /** The first way to a `throw` outside any `try`; undefined where there is none. */
  findIn(node: Node, counting: Counting): string | undefined {
    if (is.isThrowStatement(node)) return counting.countsRethrown || !isRethrown(node.expression) ? "throw" : undefined;
    if (isReturnedFunction(node)) return undefined;
    if (is.isCallExpression(node)) {
      const name = calleeOf(node.expression);
      if (parsing.test(name)) return name;
      const called = is.isIdentifier(node.expression) ? this.#findInCalled(node.expression, counting) : undefined;
      if (called !== undefined) return `${name} > ${called}`;
    }
    let found: string | undefined;
    node.forEachChild((child) => {
      const isCaught = is.isTryStatement(node) && child === node.tryBlock && node.catchClause !== undefined;
      if (!isCaught) found ??= this.findIn(child, counting);
    });
    return found;
  }

  #findInCalled(callee: Node, counting: Counting): string | undefined {
    const declaration = this.#declarationOf(callee);
    const body = declaration && bodyOf(declaration);
    if (!declaration || !body) return undefined;
    const key = `${declaration.getSourceFile().fileName}:${declaration.pos}:${counting.countsRethrown}`;
    if (this.#known.has(key)) return this.#known.get(key);
    // Known before it is looked at: a function may call itself.
    this.#known.set(key, undefined);
    const found = this.findIn(body, counting);
    this.#known.set(key, found);
    return found;
  }

  #declarationOf(callee: Node): Node | undefined {
    const local = this.checker.getSymbolAtLocation(callee);
    const symbol = local && local.flags & SymbolFlags.Alias ? this.checker.getAliasedSymbol(local) : local;
    const handle = symbol?.valueDeclaration;
    return handle?.path.includes("/node_modules/") ? undefined : handle?.resolve(this.#project);
  }
}

function isRethrown(thrown: Node): boolean {
  if (!is.isIdentifier(thrown)) return false;
  for (let outer: Node | undefined = thrown.parent; outer; outer = outer.parent) {
    if (is.isCatchClause(outer)) return textOf(outer.variableDeclaration?.name) === thrown.text;
  }
  return false;
}

/** A function that a `return` hands out, alone or as a member: it runs later, and counts for those that call it. */
function isReturnedFunction(node: Node): boolean {
  if (!isFunction(node)) return false;
  let outer = node.parent;
  while (is.isPropertyAssignment(outer) || is.isObjectLiteralExpression(outer) || is.isParenthesizedExpression(outer)) {
    outer = outer.parent;
  }
  return is.isReturnStatement(outer) || (is.isArrowFunction(outer) && outer.body !== node);
}

function isFunction(node: Node): node is FunctionLikeDeclaration {
  return (
    is.isFunctionDeclaration(node) ||
    is.isFunctionExpression(node) ||
    is.isArrowFunction(node) ||
    is.isMethodDeclaration(node)
  );
}

/** Functions, methods and signatures by their own name; functions without one by the name of what holds them. */
function nameOf(node: Node): string {
  const isNamed =
    is.isFunctionDeclaration(node) || is.isMethodDeclaration(node) || is.isMethodSignatureDeclaration(node);
  if (isNamed) return textOf(node.name);
  const holds = is.isVariableDeclaration(node) || is.isPropertyAssignment(node) || is.isPropertyDeclaration(node);
  return holds && node.initializer && isFunction(node.initializer) ? textOf(node.name) : "";
}

function bodyOf(node: Node): Node | undefined {
  if (is.isVariableDeclaration(node) || is.isPropertyAssignment(node) || is.isPropertyDeclaration(node)) {
    return node.initializer && bodyOf(node.initializer);
  }
  return isFunction(node) ? node.body : undefined;
}

const booleans: ReadonlySet<string> = new Set(["boolean", "true", "false", "Promise<boolean>", "Awaitable<boolean>"]);

/** Type predicates included. */
function isBoolean(node: Node, checker: Checker): boolean {
  const type = checker.getTypeAtLocation(node);
  const signatures = type ? checker.getSignaturesOfType(type, SignatureKind.Call) : [];
  return signatures.every((signature) => {
    const result = checker.getReturnTypeOfSignature(signature);
    return (
      result !== undefined &&
      checker
        .typeToString(result)
        .split(" | ")
        .every((part) => booleans.has(part))
    );
  });
}

function declaredBy(statement: Node): string[] {
  if (is.isVariableStatement(statement)) return statement.declarationList.declarations.map(({ name }) => textOf(name));
  const isNamed =
    is.isFunctionDeclaration(statement) ||
    is.isClassDeclaration(statement) ||
    is.isInterfaceDeclaration(statement) ||
    is.isTypeAliasDeclaration(statement);
  return isNamed ? [textOf(statement.name)] : [];
}

function calleeOf(node: Node): string {
  return is.isPropertyAccessExpression(node) ? textOf(node.name) : textOf(node);
}

function textOf(node: Node | undefined): string {
  return node && (is.isIdentifier(node) || is.isPrivateIdentifier(node)) ? node.text : "";
}

function placeOf(node: Node, file: SourceFile, root: string): string {
  return `${relative(root, file.fileName)}:${file.text.slice(0, node.getStart(file)).split("\n").length}`;
}

function visit(node: Node, see: (node: Node) => void): void {
  see(node);
  node.forEachChild((child) => visit(child, see));
}
