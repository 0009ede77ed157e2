// express-oauth2-jwt-bearer: `auth()` becomes a guard, its middlewares become requirements.
import { type CallExpression, type Expression, type Identifier, Node } from "ts-morph";
import { renamePayload, stopAtErrorNames } from "../facts.js";
import { createGuardStatement, type DeclaredGuard, namesIn, reachGuard, readGuardPlace } from "../guard.js";
import { findUses } from "../imports.js";
import type { Library, User } from "../library.js";
import { isVariable, type Plan, readMembers, readSwitch, readText, readTexts, toObject } from "../plan.js";
import { ProtectWriter } from "../protect.js";
import { addIssuer, addUnlessRead, stopAtUnknown } from "./guard-options.js";

export const expressOauth2JwtBearer: Library = {
  name: "express-oauth2-jwt-bearer",
  dropIn: "gatewarden/compat/express-oauth2-jwt-bearer",
  companions: [],
  plan(plan, users, project) {
    const uses = users.flatMap((user) => listUses(user));
    const created = uses.filter(({ exported }) => exported === "auth").flatMap((use) => readCall(plan, use) ?? []);
    const [first, second] = created;
    const [user] = users;
    if (first === undefined)
      return void (user && plan.stop(user.found.statement, "`auth()` is not called by its name in these files"));
    if (second !== undefined) return void plan.stop(second.call, "`auth()` is called more than once");
    const guard = declareGuard(plan, first.call, users.length > 1);
    if (guard === undefined) return;
    const protect = new ProtectWriter(project);
    for (const use of uses) rewriteUse(plan, use, { guard, protect });
    renamePayload(plan, project);
    stopAtErrorNames(plan, project);
  },
};

/** A use of something that the library exports. */
interface Use {
  readonly user: User;
  readonly exported: string;
  readonly name: Identifier;
}

function listUses(user: User): readonly Use[] {
  return [...user.found.names].flatMap(([local, exported]) =>
    findUses(user.source, local, user.found).map((name) => ({ user, exported, name })),
  );
}

function readCall(plan: Plan, { name, exported }: Use): readonly { readonly call: CallExpression }[] | undefined {
  const call = name.getParent();
  if (Node.isCallExpression(call) && call.getExpression() === name) return [{ call }];
  return plan.stop(name, `\`${exported}\` is passed on as a value`);
}

/** Puts the guard before the statement that calls `auth()`. */
function declareGuard(plan: Plan, call: CallExpression, isShared: boolean): DeclaredGuard | undefined {
  const statement = readGuardPlace(plan, call);
  const options = toGuardOptions(plan, call);
  if (statement === undefined || options === undefined) return undefined;
  return createGuardStatement(plan, statement, { options, names: namesIn(call.getArguments()), isShared });
}

const known = [
  "issuerBaseURL",
  "issuer",
  "audience",
  "jwksUri",
  "secret",
  "tokenSigningAlg",
  "clockTolerance",
  "maxTokenAge",
  "strict",
  "authRequired",
  "dpop",
];

function toGuardOptions(plan: Plan, call: CallExpression): Map<string, string> | undefined {
  const members = readMembers(plan, call.getArguments()[0]);
  if (members === undefined) return undefined;
  stopAtUnknown(plan, members, known);
  const options = new Map<string, string>();
  const issuer = members.get("issuerBaseURL") ?? members.get("issuer");
  if (issuer && members.has("issuer") && members.has("issuerBaseURL"))
    plan.stop(issuer, "issuer and issuerBaseURL differ: tokens of one, with the keys of the other");
  if (issuer && !isVariable(issuer, "ISSUER_BASE_URL", "ISSUER")) addIssuer(plan, options, issuer);
  addUnlessRead(options, "audience", members.get("audience"), "AUDIENCE");
  const keys = new Map<string, string>();
  addUnlessRead(keys, "jwksUri", members.get("jwksUri"), "JWKS_URI");
  addUnlessRead(keys, "secret", members.get("secret"), "SECRET");
  if (keys.size > 0) options.set("keys", toObject(keys));
  const algorithm = members.get("tokenSigningAlg");
  if (algorithm && !isVariable(algorithm, "TOKEN_SIGNING_ALG")) options.set("algorithms", `[${algorithm.getText()}]`);
  for (const name of ["clockTolerance", "maxTokenAge"]) addUnlessRead(options, name, members.get(name));
  if (readSwitch(plan, members, "strict") === "true") options.set("tokenType", '"at+jwt"');
  readSwitch(plan, members, "authRequired");
  addDpop(plan, options, members.get("dpop"));
  return options;
}

/** Their default takes bound tokens with a proof, and plain ones. */
function addDpop(plan: Plan, options: Map<string, string>, dpop: Expression | undefined): void {
  if (dpop === undefined) return void options.set("dpop", '{ mode: "allowed" }');
  const members = readMembers(plan, dpop);
  if (members === undefined) return;
  stopAtUnknown(plan, members, ["enabled", "required"]);
  const isRequired = readSwitch(plan, members, "required") === "true";
  if (readSwitch(plan, members, "enabled") !== "false")
    options.set("dpop", `{ mode: "${isRequired ? "required" : "allowed"}" }`);
}

/** What the rewritten application has. */
interface Parts {
  readonly guard: DeclaredGuard;
  readonly protect: ProtectWriter;
}

const types: Readonly<Record<string, string>> = {
  AuthResult: "Auth",
  JWTPayload: "AccessTokenClaims",
  UnauthorizedError: "AuthError",
};

function rewriteUse(plan: Plan, use: Use, parts: Parts): void {
  const { exported, name, user } = use;
  const edits = plan.edit(user.source);
  const renamed = types[exported];
  if (renamed !== undefined) {
    edits.replace(name, edits.use(renamed, "gatewarden"));
    return;
  }
  const [found] = readCall(plan, use) ?? [];
  if (found === undefined) return;
  const { call } = found;
  const guard = reachGuard(plan, parts.guard, call);
  if (guard === undefined) return;
  const need = exported === "auth" ? readOptional(plan, call) : toNeed(plan, exported, call);
  if (need === null) return;
  edits.replace(call, parts.protect.write(edits, guard, need));
}

function readOptional(plan: Plan, call: CallExpression): string | undefined {
  const members = readMembers(plan, call.getArguments()[0]);
  return members?.get("authRequired")?.getText() === "false" ? "{ optional: true }" : undefined;
}

/** The requirement of a middleware; null, with an obstacle, if there is none. */
function toNeed(plan: Plan, exported: string, call: CallExpression): string | null {
  const edits = plan.edit(call.getSourceFile());
  const use = (name: string) => edits.use(name, "gatewarden");
  if (call.getArguments().some(Node.isSpreadElement)) return stop(plan, call, "the arguments are not written out here");
  const [first, second] = call.getArguments();
  const combine = (name: "all" | "any", parts: readonly string[]) =>
    parts.length === 1 ? (parts[0] ?? "") : `${use(name)}(${parts.join(", ")})`;
  if (exported === "requiredScopes" || exported === "scopeIncludesAny") {
    const lists = call.getArguments().map(readTexts);
    const scopes = lists.flatMap((list) => list?.flatMap((text) => text.split(" ")) ?? []).filter((one) => one !== "");
    if (scopes.length === 0 || lists.includes(undefined))
      return stop(plan, call, "the scopes are not written out here");
    if (second !== undefined) plan.remark(call, "The second argument was never read; now its scopes count");
    return combine(
      exported === "requiredScopes" ? "all" : "any",
      scopes.map((one) => `${use("scope")}(${JSON.stringify(one)})`),
    );
  }
  if (exported === "claimEquals") {
    if (readText(first) === undefined || second === undefined)
      return stop(plan, call, "the claim is not written out here");
    // A requirement `claim` would also be met by a list that holds the value.
    const name = JSON.stringify(`${readText(first)} has the expected value`);
    return `${use("check")}(${name}, (claims) => claims[${first?.getText()}] === ${second.getText()})`;
  }
  if (exported === "claimIncludes") {
    const [name, ...values] = call.getArguments().map((one) => one.getText());
    if (values.length === 0) return stop(plan, call, "no value is asked for");
    return combine(
      "all",
      values.map((value) => `${use("claim")}(${name}, ${value})`),
    );
  }
  if (exported === "claimCheck") {
    const named = readText(second) ?? "the claims pass the check";
    plan.remark(call, "The function must return true or false; anything else refuses with 500");
    return `${use("check")}(${JSON.stringify(named)}, ${first?.getText() ?? ""})`;
  }
  return stop(plan, call, `\`${exported}\` has no counterpart`);
}

function stop(plan: Plan, node: Node, text: string): null {
  plan.stop(node, text);
  return null;
}
