// express-jwt, with jwks-rsa or with a key: `expressjwt()` becomes a guard with its middleware.
import { type CallExpression, type Expression, Node, type SourceFile, SyntaxKind } from "ts-morph";
import { moveClaims, stopAtErrorNames } from "../facts.js";
import { createGuardStatement, readGuardPlace } from "../guard.js";
import { findUses } from "../imports.js";
import type { Library, User } from "../library.js";
import { type Plan, readMembers, readSwitch, readTexts } from "../plan.js";
import { ProtectWriter } from "../protect.js";
import { addIssuer, stopAtUnknown } from "./guard-options.js";
import { readJwksUri } from "./jwks-rsa.js";

export const expressJwt: Library = {
  name: "express-jwt",
  dropIn: "gatewarden/compat/express-jwt",
  companions: ["jwks-rsa"],
  plan(plan, users, project) {
    const protect = new ProtectWriter(project);
    for (const user of users) for (const call of listCalls(plan, user)) rewriteCall(plan, call, protect);
    moveClaims(plan, project, "auth");
    stopAtErrorNames(plan, project);
    for (const source of project) stopAtUnless(plan, source);
  },
};

const functions = new Set(["expressjwt", "default", "*"]);

function listCalls(plan: Plan, user: User): readonly CallExpression[] {
  return [...user.found.names].flatMap(([local, exported]) =>
    findUses(user.source, local, user.found).flatMap((name) => {
      const call = name.getParent();
      if (exported === "UnauthorizedError") {
        plan.edit(user.source).replace(name, plan.edit(user.source).use("AuthError", "gatewarden"));
        return [];
      }
      if (exported === "Request") {
        plan.edit(user.source).replace(name, plan.edit(user.source).useType("Request", "express"));
        return [];
      }
      if (functions.has(exported) && Node.isCallExpression(call) && call.getExpression() === name) return [call];
      plan.stop(name, `\`${local}\` is used in a way that has no counterpart`);
      return [];
    }),
  );
}

const known = ["secret", "audience", "issuer", "algorithms", "credentialsRequired"];

function rewriteCall(plan: Plan, call: CallExpression, protect: ProtectWriter): void {
  const members = readMembers(plan, call.getArguments()[0]);
  const statement = readGuardPlace(plan, call);
  if (members === undefined || statement === undefined) return;
  stopAtUnknown(plan, members, known);
  const options = readVerification(plan, call, members);
  const guard = createGuardStatement(plan, statement, { options, names: [], isShared: false });
  if (guard === undefined) return;
  const isOptional = readSwitch(plan, members, "credentialsRequired") === "false";
  const edits = plan.edit(call.getSourceFile());
  edits.replace(call, protect.write(edits, guard.name, isOptional ? "{ optional: true }" : undefined));
}

function stopAtUnless(plan: Plan, source: SourceFile): void {
  for (const access of source.getDescendantsOfKind(SyntaxKind.PropertyAccessExpression)) {
    if (access.getName() === "unless") plan.stop(access, "`.unless()` has no counterpart: protect routes one by one");
  }
}

/** Issuer, audience, algorithms and keys, of which each must be there. */
export function readVerification(
  plan: Plan,
  node: Node,
  members: ReadonlyMap<string, Expression>,
): Map<string, string> {
  const options = new Map<string, string>();
  const { issuer, audience, algorithms, secret } = Object.fromEntries(members);
  if (issuer === undefined) plan.stop(node, "no issuer is checked, which the guard demands");
  else if (Node.isArrayLiteralExpression(issuer)) plan.stop(issuer, "several issuers share one key");
  else addIssuer(plan, options, issuer);
  if (audience === undefined) plan.stop(node, "no audience is checked, which the guard demands");
  else options.set("audience", audience.getText());
  const names = readTexts(algorithms);
  if (names === undefined) plan.stop(node, "the algorithms are not written out");
  else options.set("algorithms", `[${names.map((name) => JSON.stringify(name)).join(", ")}]`);
  const keys = secret && toKeys(plan, secret, names ?? []);
  if (keys !== undefined) options.set("keys", keys);
  return options;
}

function toKeys(plan: Plan, secret: Expression, algorithms: readonly string[]): string | undefined {
  const jwksUri = readJwksUri(plan, secret);
  if (jwksUri !== undefined) return `{ jwksUri: ${jwksUri} }`;
  if (Node.isCallExpression(secret) || Node.isArrowFunction(secret) || Node.isFunctionExpression(secret)) {
    return plan.stop(secret, "a function chooses the key");
  }
  const isShared = algorithms.length > 0 && algorithms.every((name) => name.startsWith("HS"));
  const isPublic = algorithms.length > 0 && algorithms.every((name) => /^(RS|PS|ES|Ed)/.test(name));
  if (!isShared && !isPublic) return plan.stop(secret, "the algorithms are of several families");
  return isShared ? `{ secret: ${secret.getText()} }` : `{ publicKey: ${secret.getText()} }`;
}
