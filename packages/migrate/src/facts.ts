// What handlers read from the request: `req.auth.payload`, `req.auth`, `req.user`.
import { Node, type PropertyAccessExpression, type SourceFile, SyntaxKind } from "ts-morph";
import type { Plan } from "./plan.js";

const requests = new Set(["req", "request"]);

/** `req.<name>` of a file. */
export function findFacts(source: SourceFile, name: string): readonly PropertyAccessExpression[] {
  return source.getDescendantsOfKind(SyntaxKind.PropertyAccessExpression).filter((access) => {
    return access.getName() === name && requests.has(access.getExpression().getText());
  });
}

/** `req.auth.payload` becomes `req.auth.claims`. */
export function renamePayload(plan: Plan, project: readonly SourceFile[]): void {
  for (const source of project) {
    for (const access of findFacts(source, "auth")) {
      const member = readMember(access);
      if (member === undefined) {
        if (!isDestructured(plan, access)) plan.stop(access, "`req.auth` is passed on as a whole");
      } else if (member.getName() === "payload") plan.edit(source).replace(member.getNameNode(), "claims");
    }
  }
}

/** `req.auth.sub` becomes `req.auth.claims.sub`; `from` is the name of the member that holds claims. */
export function moveClaims(plan: Plan, project: readonly SourceFile[], from: "auth" | "user"): void {
  for (const source of project) {
    for (const access of findFacts(source, from)) {
      if (
        Node.isBinaryExpression(access.getParent()) &&
        access.getParentOrThrow().getText().startsWith(`${access.getText()} =`)
      ) {
        plan.stop(access, `\`${access.getText()}\` is written`);
        continue;
      }
      const edits = plan.edit(source);
      if (from === "user") edits.replace(access.getNameNode(), "auth");
      const outer = access.getParent();
      const target = Node.isNonNullExpression(outer) ? outer : access;
      const isChained = Node.isPropertyAccessExpression(outer) && outer.hasQuestionDotToken();
      edits.insertAfter(target, isChained ? "?.claims" : ".claims");
    }
  }
}

/** The access to a member of the facts: `req.auth.token`, `req.auth?.token`, `req.auth!.token`. */
function readMember(access: PropertyAccessExpression): PropertyAccessExpression | undefined {
  const outer = access.getParent();
  const member = Node.isNonNullExpression(outer) ? outer.getParent() : outer;
  return Node.isPropertyAccessExpression(member) ? member : undefined;
}

/** `const { payload } = req.auth` becomes `const { claims: payload } = req.auth`. */
function isDestructured(plan: Plan, access: PropertyAccessExpression): boolean {
  const declaration = access.getFirstAncestorByKind(SyntaxKind.VariableDeclaration);
  const pattern = declaration?.getNameNode();
  if (!Node.isObjectBindingPattern(pattern) || !declaration?.getInitializer()?.getText().startsWith(access.getText())) {
    return false;
  }
  for (const element of pattern.getElements()) {
    const name = element.getPropertyNameNode() ?? element.getNameNode();
    if (name.getText() !== "payload") continue;
    const edits = plan.edit(access.getSourceFile());
    edits.replace(name, element.getPropertyNameNode() ? "claims" : "claims: payload");
  }
  return true;
}
