// The public names of each sub-path with their docstrings, read from the sources. TypeScript 7 has
// no API for programs; ts-morph carries the one of TypeScript 6.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Node, Project, ts } from "ts-morph";
import { root } from "../paths.mjs";

/** @typedef {{ readonly name: string, readonly type: string, readonly text: string }} Member */

/**
 * @typedef {object} Declaration
 * @property {string} name
 * @property {string} kind
 * @property {string} code Its declaration, without bodies and comments.
 * @property {string} text Its docstring.
 * @property {readonly Member[]} members Those with a docstring.
 */

/** @typedef {{ readonly path: string, readonly text: string, readonly declarations: readonly Declaration[] }} Module */

const library = join(root, "packages/gatewarden");

/** The library's sources as TypeScript sees them, without checking them. */
export function openLibrary() {
  return new Project({
    compilerOptions: {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      customConditions: ["@gatewarden/source"],
      skipLibCheck: true,
      noLib: true,
      types: [],
    },
    skipFileDependencyResolution: true,
  });
}

/**
 * Each sub-path of the package with what it exports, in alphabetical order of names.
 * @param {Project} project
 * @returns {readonly Module[]}
 */
export function readModules(project) {
  const { exports } = JSON.parse(readFileSync(join(library, "package.json"), "utf8"));
  project.addSourceFilesAtPaths(join(library, "src/**/*.ts"));
  return Object.entries(exports).flatMap(([path, target]) => {
    const source = typeof target === "string" ? undefined : target["@gatewarden/source"];
    if (source === undefined) return [];
    const file = project.getSourceFileOrThrow(join(library, source));
    const exported = file.getExportedDeclarations();
    // A plugin is its module's default export, under a name as well: told once.
    const [byDefault] = exported.get("default") ?? [];
    const told = [...exported].filter(
      ([name, [node]]) => name === "default" || node === undefined || node !== byDefault,
    );
    const declarations = told.flatMap(([name, nodes]) => toDeclaration(name, nodes));
    return [
      {
        path: path.replace(/^\.\/?/, ""),
        text: readOpening(file.getFullText()),
        declarations: sortNames(declarations),
      },
    ];
  });
}

/** @param {Declaration[]} declarations */
function sortNames(declarations) {
  return declarations.sort((one, other) => one.name.localeCompare(other.name, "en"));
}

/**
 * The comment that opens a file: what it owns.
 * @param {string} text
 */
function readOpening(text) {
  const [, lines = ""] = /^((?:\/\/.*\n)+)/.exec(text) ?? [];
  return lines
    .replaceAll(/^\/\/ ?/gm, "")
    .replaceAll("\n", " ")
    .trim();
}

/**
 * @param {string} name
 * @param {readonly import("ts-morph").Node[]} nodes Overloads are several.
 * @returns {readonly Declaration[]}
 */
function toDeclaration(name, nodes) {
  const shown = nodes.map((node) => toSignature(node, name)).filter((code) => code !== "");
  const [first] = nodes;
  if (first === undefined || shown.length === 0) return [];
  const kind = Node.isFunctionDeclaration(first)
    ? "function"
    : Node.isClassDeclaration(first)
      ? "class"
      : Node.isInterfaceDeclaration(first)
        ? "interface"
        : Node.isTypeAliasDeclaration(first)
          ? "type"
          : "value";
  const texts = nodes.map(readDocstring).filter((text) => text !== "");
  return [{ name, kind, code: [...new Set(shown)].join("\n\n"), text: texts[0] ?? "", members: readMembers(first) }];
}

/**
 * @param {import("ts-morph").Node} node
 * @param {string} name The name that it is exported under.
 */
function toSignature(node, name) {
  if (Node.isFunctionDeclaration(node)) {
    const heads = node.getOverloads().length > 0 ? node.getOverloads() : [node];
    return heads.map((head) => toHead(head).replace(/function [\w$]+/, `function ${name}`)).join("\n");
  }
  if (Node.isClassDeclaration(node)) return toClass(node);
  if (Node.isVariableDeclaration(node)) {
    const type = node.getTypeNode()?.getText();
    return type === undefined ? `const ${node.getName()}` : `const ${node.getName()}: ${type};`;
  }
  if (Node.isInterfaceDeclaration(node) || Node.isTypeAliasDeclaration(node)) {
    return withoutComments(node.getText()).replace(/^export (declare )?/, "");
  }
  return "";
}

/** @param {import("ts-morph").FunctionDeclaration} node */
function toHead(node) {
  const body = node.getBody();
  const text = body === undefined ? node.getText() : node.getText().slice(0, body.getStart() - node.getStart());
  return `${withoutComments(text)
    .replace(/^export (default )?/, "")
    .replace(/^async /, "")
    .trim()
    .replace(/;$/, "")};`;
}

/** @param {import("ts-morph").ClassDeclaration} node */
function toClass(node) {
  const heritage = node.getExtends() === undefined ? "" : ` extends ${node.getExtends()?.getText()}`;
  const members = readPublicMembers(node).map(({ name, type }) => `  ${name}${type};`);
  const made = node.getConstructors().map(
    (one) =>
      `  constructor(${one
        .getParameters()
        .map((each) => each.getText())
        .join(", ")});`,
  );
  return [`class ${node.getName()}${heritage} {`, ...made, ...members, "}"].join("\n");
}

/** @param {import("ts-morph").ClassDeclaration} node */
function readPublicMembers(node) {
  const own = node.getInstanceMembers().filter((member) => !member.getName().startsWith("#"));
  return (
    own
      .filter((member) => !Node.isSetAccessorDeclaration(member))
      // `name`, which every error has: its value says the class's own.
      .filter((member) => !(member.getName() === "name" && Node.isPropertyDeclaration(member)))
      .map((member) => {
        const isMethod = Node.isMethodDeclaration(member);
        const parameters = isMethod
          ? `(${member
              .getParameters()
              .map((each) => each.getText())
              .join(", ")})`
          : "";
        const returned = isMethod || Node.isGetAccessorDeclaration(member) ? member.getReturnTypeNode() : undefined;
        const declared = "getTypeNode" in member ? member.getTypeNode() : undefined;
        const type = (returned ?? declared)?.getText();
        const text = readDocstring(member);
        return { name: member.getName(), type: `${parameters}${type === undefined ? "" : `: ${type}`}`, text };
      })
  );
}

/**
 * The members of an interface or a class.
 * @param {import("ts-morph").Node} node
 * @returns {readonly Member[]}
 */
function readMembers(node) {
  if (Node.isClassDeclaration(node)) {
    return readPublicMembers(node)
      .filter(({ text }) => text !== "")
      .map((member) => ({ ...member, type: member.type.replace(/^: /, "") }));
  }
  if (!Node.isInterfaceDeclaration(node)) return [];
  return node.getMembers().flatMap((member) => {
    if (!Node.isPropertySignature(member) && !Node.isMethodSignature(member)) return [];
    const type = Node.isPropertySignature(member) ? member.getTypeNode()?.getText() : withoutComments(member.getText());
    return [{ name: member.getName(), type: (type ?? "").replace(/;$/, ""), text: readDocstring(member) }];
  });
}

/** @param {import("ts-morph").Node} node */
function readDocstring(node) {
  const owner = Node.isVariableDeclaration(node) ? node.getVariableStatement() : node;
  if (owner === undefined || !Node.isJSDocable(owner)) return "";
  const text = owner.getJsDocs().at(-1)?.getDescription() ?? "";
  return text.trim().replaceAll("\r", "");
}

/** @param {string} code */
function withoutComments(code) {
  return code
    .replaceAll(/^[ \t]*\/\*\*[\s\S]*?\*\/[ \t]*\n/gm, "")
    .replaceAll(/^[ \t]*\/\/.*\n/gm, "")
    .replaceAll(/\/\*[\s\S]*?\*\//g, "");
}
