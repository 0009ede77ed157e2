// The middleware `protect`, as a file uses it.
import { Node, type SourceFile, SyntaxKind } from "ts-morph";
import type { FileEdits } from "./edits.js";

const handOn = "{ onRefusal: (error, _request, _response, next) => next(error) }";

/** Writes calls of `protect`, for an application that answers errors itself or does not. */
export class ProtectWriter {
  readonly #handsOn: boolean;

  constructor(project: readonly SourceFile[]) {
    this.#handsOn = project.some(hasErrorHandler);
  }

  /** `protect(guard, need)`. A refusal goes to the application's error handler if there is one. */
  write(edits: FileEdits, guard: string, need?: string): string {
    if (!this.#handsOn) {
      const protect = edits.use("protect", "gatewarden/express");
      return `${protect}(${[guard, need].filter((one) => one !== undefined).join(", ")})`;
    }
    const createProtect = edits.use("createProtect", "gatewarden/express");
    return `${createProtect}(${guard}, ${handOn})(${need ?? ""})`;
  }
}

/** Express calls a function with four parameters for errors. */
function hasErrorHandler(source: SourceFile): boolean {
  return source.getDescendantsOfKind(SyntaxKind.CallExpression).some((call) => {
    const callee = call.getExpression();
    if (!Node.isPropertyAccessExpression(callee) || callee.getName() !== "use") return false;
    return call.getArguments().some((argument) => {
      const handler = Node.isIdentifier(argument) ? findFunction(source, argument.getText()) : argument;
      return isFunction(handler) && handler.getParameters().length === 4;
    });
  });
}

function findFunction(source: SourceFile, name: string): Node | undefined {
  return source.getFunction(name) ?? source.getVariableDeclaration(name)?.getInitializer();
}

function isFunction(node: Node | undefined) {
  return Node.isArrowFunction(node) || Node.isFunctionExpression(node) || Node.isFunctionDeclaration(node);
}
