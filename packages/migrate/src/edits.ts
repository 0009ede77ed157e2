// Changes of a file's text, collected first and applied together.
import { type Node, type SourceFile, SyntaxKind } from "ts-morph";

/** The text from `start` to `end` becomes `text`. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** What a rewrite found in one file: edits, and what it cannot express. */
export class FileEdits {
  readonly source: SourceFile;
  readonly #edits: Edit[] = [];
  /** Imported name → module, of what the new text uses. */
  readonly #imports = new Map<string, string>();
  readonly #declared: Set<string>;

  constructor(source: SourceFile) {
    this.source = source;
    const names = source.getDescendantsOfKind(SyntaxKind.Identifier).filter(isDeclaration);
    this.#declared = new Set(names.map((name) => name.getText()));
  }

  replace(node: Node, text: string): void {
    this.#edits.push({ start: node.getStart(), end: node.getEnd(), text });
  }

  insertBefore(node: Node, text: string): void {
    const start = node.getStart();
    this.#edits.push({ start, end: start, text });
  }

  insertAfter(node: Node, text: string): void {
    const end = node.getEnd();
    this.#edits.push({ start: end, end, text });
  }

  /** Removes a statement with the line break after it. */
  remove(statement: Node): void {
    const rest = this.source.getFullText().slice(statement.getEnd());
    const lineBreak = /^[ \t]*\r?\n/.exec(rest)?.[0].length ?? 0;
    this.#edits.push({ start: statement.getStart(), end: statement.getEnd() + lineBreak, text: "" });
  }

  /** The name by which the file uses an export: another one where the file has its own. */
  use(name: string, module: string): string {
    const local = this.#declared.has(name) ? `gatewarden${name[0]?.toUpperCase()}${name.slice(1)}` : name;
    this.#imports.set(local === name ? name : `${name} as ${local}`, module);
    return local;
  }

  /** As `use`, for a type that exists in TypeScript only. */
  useType(name: string, module: string): string {
    const local = this.#declared.has(name) ? `Express${name}` : name;
    this.#imports.set(`type ${local === name ? name : `${name} as ${local}`}`, module);
    return local;
  }

  /** A name that the file does not declare yet. From now on it is taken. */
  freeName(...wanted: readonly string[]): string {
    let name = wanted.find((one) => !this.#declared.has(one)) ?? `${wanted[0]}ByGatewarden`;
    for (let count = 2; this.#declared.has(name); count++) name = `${wanted[0]}${count}`;
    this.#declared.add(name);
    return name;
  }

  /** The import statements of what is used, in the file's own style. */
  toImports(style: ImportStyle): string {
    const modules = [...new Set(this.#imports.values())].sort();
    return modules
      .map((module) => {
        const names = [...this.#imports].flatMap(([name, from]) => (from === module ? [name] : []));
        return toImport(names.sort(), module, style);
      })
      .join("\n");
  }

  get isEmpty(): boolean {
    return this.#edits.length === 0;
  }

  apply(): string {
    const edits = this.#edits.toSorted((one, other) => other.start - one.start || other.end - one.end);
    return edits.reduce(
      (text, { start, end, text: added }) => text.slice(0, start) + added + text.slice(end),
      this.source.getFullText(),
    );
  }
}

/** How a file writes its imports. */
export interface ImportStyle {
  readonly isCommonJs: boolean;
  readonly quote: string;
  readonly end: string;
}

export function toImport(names: readonly string[], module: string, { isCommonJs, quote, end }: ImportStyle): string {
  const from = `${quote}${module}${quote}`;
  if (!isCommonJs) return `import { ${names.join(", ")} } from ${from}${end}`;
  return `const { ${names.join(", ").replaceAll(" as ", ": ")} } = require(${from})${end}`;
}

/** Whether the name is introduced here: as a variable, parameter, function, class or import. */
function isDeclaration(name: Node): boolean {
  const parent = name.getParentOrThrow();
  return (
    (parent.isKind(SyntaxKind.VariableDeclaration) && parent.getNameNode() === name) ||
    (parent.isKind(SyntaxKind.Parameter) && parent.getNameNode() === name) ||
    (parent.isKind(SyntaxKind.BindingElement) && parent.getNameNode() === name) ||
    (parent.isKind(SyntaxKind.FunctionDeclaration) && parent.getNameNode() === name) ||
    (parent.isKind(SyntaxKind.ClassDeclaration) && parent.getNameNode() === name) ||
    parent.isKind(SyntaxKind.ImportSpecifier) ||
    parent.isKind(SyntaxKind.ImportClause) ||
    parent.isKind(SyntaxKind.NamespaceImport)
  );
}
