// What handlers read from the request: `req.auth.payload`, `req.auth`, `req.user`.
import { Node, type PropertyAccessExpression, type SourceFile, SyntaxKind } from "ts-morph";
import { type Plan, readText, unwrap } from "./plan.js";

const requests = new Set(["req", "request"]);

/** `req.<name>` of a file. */
export function findFacts(source: SourceFile, name: string): readonly PropertyAccessExpression[] {
  return source.getDescendantsOfKind(SyntaxKind.PropertyAccessExpression).filter((access) => {
    return access.getName() === name && requests.has(access.getExpression().getText());
  });
}

/**
 * Stops where the facts may be read in another way than `req.<name>`: what a rewrite misses would be
 * undefined from then on, and a check of it might pass (CWE-636).
 */
export function stopAtHiddenFacts(plan: Plan, project: readonly SourceFile[], name: string): void {
  const stop = (node: Node) => plan.stop(node, `\`${name}\` of the request is read in a way that cannot be followed`);
  for (const source of project) {
    for (const access of source.getDescendantsOfKind(SyntaxKind.PropertyAccessExpression)) {
      const holder = access.getExpression();
      if (access.getName() === name && !requests.has(holder.getText()) && isRequest(holder)) stop(access);
    }
    for (const access of source.getDescendantsOfKind(SyntaxKind.ElementAccessExpression)) {
      if (readText(access.getArgumentExpression()) === name && isRequest(access.getExpression())) stop(access);
    }
    for (const element of source.getDescendantsOfKind(SyntaxKind.BindingElement)) {
      if ((element.getPropertyNameNode() ?? element.getNameNode()).getText() !== name) continue;
      const holder = element.getParentOrThrow().getParent();
      const value = Node.isVariableDeclaration(holder) ? holder.getInitializer() : undefined;
      if (Node.isParameterDeclaration(holder) || (value && isRequest(value))) stop(element);
    }
  }
}

/** Whether an expression may be a request: by its name, or since it is a parameter. */
function isRequest(given: Node): boolean {
  const node = Node.isExpression(given) ? unwrap(given) : given;
  const text = node.getText();
  if (/(^|[._])req(uest)?$/i.test(text)) return true;
  if (!Node.isIdentifier(node)) return false;
  return node.getAncestors().some((one) => {
    return Node.isParametered(one) && one.getParameters().some((parameter) => parameter.getName() === text);
  });
}

/**
 * Stops where code tells errors apart by a name: the errors of Gatewarden's own API have other ones.
 */
export function stopAtErrorNames(plan: Plan, project: readonly SourceFile[]): void {
  for (const source of project) {
    for (const text of source.getDescendantsOfKind(SyntaxKind.StringLiteral)) {
      if (errorNames.has(text.getLiteralValue())) plan.stop(text, "errors are told apart by their name");
    }
  }
}

const errorNames = new Set([
  ...["UnauthorizedError", "InvalidRequestError", "InvalidTokenError", "InsufficientScopeError"],
  ...["JsonWebTokenError", "TokenExpiredError", "NotBeforeError"],
]);

/** `req.auth.payload` becomes `req.auth.claims`. */
export function renamePayload(plan: Plan, project: readonly SourceFile[]): void {
  stopAtHiddenFacts(plan, project, "auth");
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
  stopAtHiddenFacts(plan, project, from);
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
