// How a file imports one library: as an ES module or with `require`, by names or as a whole.
import { type Identifier, Node, type SourceFile, SyntaxKind } from "ts-morph";
import type { ImportStyle } from "./edits.js";

/** One import of a library. */
export interface LibraryImport {
  readonly statement: Node;
  /** The string that names the module. */
  readonly specifier: Node;
  /** Local name → exported name. The name of the whole is `default` or `*`. */
  readonly names: ReadonlyMap<string, string>;
  readonly style: ImportStyle;
}

/** The import of a library, if the file has one. */
export function readImport(source: SourceFile, module: string): LibraryImport | undefined {
  return readEsImport(source, module) ?? readRequire(source, module);
}

function readEsImport(source: SourceFile, module: string): LibraryImport | undefined {
  const statement = source.getImportDeclaration((one) => one.getModuleSpecifierValue() === module);
  if (!statement) return undefined;
  const names = new Map<string, string>();
  const [whole, space] = [statement.getDefaultImport(), statement.getNamespaceImport()];
  if (whole) names.set(whole.getText(), "default");
  if (space) names.set(space.getText(), "*");
  for (const one of statement.getNamedImports())
    names.set(one.getAliasNode()?.getText() ?? one.getName(), one.getName());
  const specifier = statement.getModuleSpecifier();
  return { statement, specifier, names, style: toStyle(statement, specifier, false) };
}

function readRequire(source: SourceFile, module: string): LibraryImport | undefined {
  for (const declaration of source.getDescendantsOfKind(SyntaxKind.VariableDeclaration)) {
    const call = declaration.getInitializer();
    if (!Node.isCallExpression(call) || call.getExpression().getText() !== "require") continue;
    const [specifier] = call.getArguments();
    if (!Node.isStringLiteral(specifier) || specifier.getLiteralValue() !== module) continue;
    const statement = declaration.getVariableStatementOrThrow();
    const names = new Map<string, string>();
    const name = declaration.getNameNode();
    if (Node.isObjectBindingPattern(name)) {
      for (const one of name.getElements())
        names.set(one.getName(), one.getPropertyNameNode()?.getText() ?? one.getName());
    } else names.set(name.getText(), "*");
    return { statement, specifier, names, style: toStyle(statement, specifier, true) };
  }
  return undefined;
}

function toStyle(statement: Node, specifier: Node, isCommonJs: boolean): ImportStyle {
  return { isCommonJs, quote: specifier.getText()[0] ?? '"', end: statement.getText().endsWith(";") ? ";" : "" };
}

/** Where the file uses a local name, apart from its import. */
export function findUses(source: SourceFile, local: string, { statement }: LibraryImport): readonly Identifier[] {
  return source
    .getDescendantsOfKind(SyntaxKind.Identifier)
    .filter((one) => one.getText() === local && !isWithin(one, statement) && !isMemberName(one));
}

/** Every string of a file that names the module: in imports, re-exports, `require` and mocks. */
export function findSpecifiers(source: SourceFile, module: string): readonly Node[] {
  return source.getDescendantsOfKind(SyntaxKind.StringLiteral).filter((text) => {
    const parent = text.getParent();
    const isSpecifier =
      Node.isImportDeclaration(parent) ||
      Node.isExportDeclaration(parent) ||
      Node.isExternalModuleReference(parent) ||
      Node.isCallExpression(parent) ||
      Node.isLiteralTypeNode(parent) ||
      Node.isModuleDeclaration(parent);
    return isSpecifier && text.getLiteralValue() === module;
  });
}

/** Whether a statement declares other variables beside the import: they must not go with it. */
export function isCrowded({ statement }: LibraryImport): boolean {
  return Node.isVariableStatement(statement) && statement.getDeclarations().length > 1;
}

function isWithin(node: Node, other: Node): boolean {
  return node.getStart() >= other.getStart() && node.getEnd() <= other.getEnd();
}

/** `value.name` and `{ name: … }` are other names. */
function isMemberName(name: Identifier): boolean {
  const parent = name.getParent();
  if (Node.isPropertyAccessExpression(parent)) return parent.getNameNode() === name;
  return Node.isPropertyAssignment(parent) && parent.getNameNode() === name;
}
