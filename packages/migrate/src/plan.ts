// The plan for one library: edits of all files, or the reasons why some code cannot be expressed.
import { type Expression, Node, type ObjectLiteralExpression, type SourceFile } from "ts-morph";
import { FileEdits } from "./edits.js";

/** A place with what is to be said of it. */
export interface Remark {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

/** Collects what a rewrite does, before anything is done. */
export class Plan {
  readonly #files = new Map<SourceFile, FileEdits>();
  /** What Gatewarden's own API cannot express, or what this program cannot see through. */
  readonly obstacles: Remark[] = [];
  readonly added: { readonly path: string; readonly text: string }[] = [];
  /** What a person should look at. */
  readonly remarks: Remark[] = [];

  /** A new file. */
  add(path: string, text: string): void {
    this.added.push({ path, text });
  }

  edit(source: SourceFile): FileEdits {
    const known = this.#files.get(source) ?? new FileEdits(source);
    this.#files.set(source, known);
    return known;
  }

  /** Whether the file loads modules with `require`. */
  isCommonJs(source: SourceFile): boolean {
    return source.getImportDeclarations().length === 0;
  }

  get files(): readonly FileEdits[] {
    return [...this.#files.values()];
  }

  stop(node: Node, text: string): undefined {
    this.obstacles.push(toRemark(node, text));
    return undefined;
  }

  remark(node: Node, text: string): void {
    this.remarks.push(toRemark(node, text));
  }
}

function toRemark(node: Node, text: string): Remark {
  return { file: node.getSourceFile().getFilePath(), line: node.getStartLineNumber(), text };
}

/** The members of an object literal as text. Undefined, with an obstacle, for anything else. */
export function readMembers(plan: Plan, node: Node | undefined): ReadonlyMap<string, Expression> | undefined {
  if (node === undefined) return new Map();
  if (!Node.isObjectLiteralExpression(node)) return plan.stop(node, "the options are not written out here");
  return readProperties(plan, node);
}

function readProperties(plan: Plan, literal: ObjectLiteralExpression): ReadonlyMap<string, Expression> | undefined {
  const members = new Map<string, Expression>();
  for (const property of literal.getProperties()) {
    if (Node.isShorthandPropertyAssignment(property)) members.set(property.getName(), property.getNameNode());
    else if (Node.isPropertyAssignment(property)) {
      members.set(property.getName().replace(/^["']|["']$/g, ""), property.getInitializerOrThrow());
    } else return plan.stop(property, `the option ${property.getText().slice(0, 40)} is not a plain member`);
  }
  return members;
}

/** A member that is `true` or `false`. Undefined where it is absent, or with an obstacle. */
export function readSwitch(
  plan: Plan,
  members: ReadonlyMap<string, Expression>,
  name: string,
): "true" | "false" | undefined {
  const value = members.get(name);
  const text = value?.getText();
  if (value === undefined || text === "true" || text === "false") return text as "true" | "false" | undefined;
  return plan.stop(value, `the option ${name} is not written out as true or false`);
}

/** The text of a string literal. */
export function readText(node: Node | undefined): string | undefined {
  return Node.isStringLiteral(node) || Node.isNoSubstitutionTemplateLiteral(node) ? node.getLiteralValue() : undefined;
}

/** The texts of a string literal or of a list of them. */
export function readTexts(node: Node | undefined): readonly string[] | undefined {
  const one = readText(node);
  if (one !== undefined) return [one];
  if (!Node.isArrayLiteralExpression(node)) return undefined;
  const texts = node.getElements().map(readText);
  return texts.every((text) => text !== undefined) ? texts : undefined;
}

/** Members as they stand in an object literal. */
export function toObject(members: ReadonlyMap<string, string>): string {
  if (members.size === 0) return "";
  return `{ ${[...members].map(([name, text]) => (name === text ? name : `${name}: ${text}`)).join(", ")} }`;
}

/** Whether the expression is the variable that the guard reads itself: `process.env.AUDIENCE`. */
export function isVariable(node: Node | undefined, ...names: readonly string[]): boolean {
  const text = node?.getText().replace(/[!;]$/, "");
  return names.some((name) => text === `process.env.${name}` || text === `process.env["${name}"]`);
}

/** Without type assertions and parentheses. */
export function unwrap(node: Expression): Expression {
  const isWrapper = Node.isAsExpression(node) || Node.isParenthesizedExpression(node) || Node.isNonNullExpression(node);
  return isWrapper ? unwrap(node.getExpression()) : node;
}
