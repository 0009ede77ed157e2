// passport-jwt: a strategy that hands on the payload becomes a guard, `passport.authenticate` its
// middleware.
import { type CallExpression, type NewExpression, Node, type SourceFile, SyntaxKind } from "ts-morph";
import { findFacts, moveClaims, stopAtErrorNames, stopAtHiddenFacts } from "../facts.js";
import { createGuardStatement, type DeclaredGuard, namesIn, reachGuard, statementOf } from "../guard.js";
import { findUses, type LibraryImport, readImport } from "../imports.js";
import type { Library, User } from "../library.js";
import { type Plan, readMembers, readText } from "../plan.js";
import { ProtectWriter } from "../protect.js";
import { readVerification } from "./express-jwt.js";
import { stopAtUnknown } from "./guard-options.js";

export const passportJwt: Library = {
  name: "passport-jwt",
  dropIn: "gatewarden/compat/passport",
  companions: ["passport", "jwks-rsa"],
  plan(plan, users, project) {
    const [user, another] = users;
    if (user === undefined) return;
    if (another !== undefined) {
      const [first] = another.source.getStatements();
      return void (first && plan.stop(first, "several files declare a strategy"));
    }
    const guard = declareGuard(plan, user, project);
    if (guard === undefined) return;
    const protect = new ProtectWriter(project);
    for (const source of project) rewritePassport(plan, source, { guard, protect });
    moveClaims(
      plan,
      project.filter((source) => findFacts(source, "user").length > 0),
      "user",
    );
    stopAtHiddenFacts(plan, project, "user");
    stopAtErrorNames(plan, project);
  },
};

function declareGuard(plan: Plan, user: User, project: readonly SourceFile[]): DeclaredGuard | undefined {
  const created = [...user.found.names].flatMap(([local, exported]) =>
    exported === "Strategy" ? findUses(user.source, local, user.found).map((name) => name.getParent()) : [],
  );
  const [strategy, second] = created;
  const whole = [...user.found.names.values()].some((exported) => exported === "default" || exported === "*");
  if (whole || second !== undefined || !Node.isNewExpression(strategy)) {
    return plan.stop(strategy ?? user.found.statement, "the strategy is not created once with `new Strategy(…)`");
  }
  const statement = statementOf(strategy);
  const used = statement && toUse(statement);
  if (statement === undefined || used === undefined || !Node.isSourceFile(statement.getParent())) {
    return plan.stop(strategy, "the strategy does not stand in `passport.use(new Strategy(…))` at the top of the file");
  }
  const options = toGuardOptions(plan, strategy);
  if (options === undefined) return undefined;
  const isShared = project.some((source) => source !== user.source && listAuthentications(source).length > 0);
  const names = namesIn(strategy.getArguments()).filter((name) => !toolNames.has(name));
  return createGuardStatement(plan, statement, { options, names, isShared, replaces: true });
}

/** What goes with the strategy. */
const toolNames = new Set(["ExtractJwt", "jwksRsa", "passportJwtSecret"]);

/** `passport.use(…)`, as the statement that it is. */
function toUse(statement: Node): CallExpression | undefined {
  const call = Node.isExpressionStatement(statement) ? statement.getExpression() : undefined;
  return Node.isCallExpression(call) && call.getExpression().getText() === "passport.use" ? call : undefined;
}

const known = ["jwtFromRequest", "secretOrKey", "secretOrKeyProvider", "issuer", "audience", "algorithms"];
const fromHeader = /^[\w.]*\bfromAuthHeaderAsBearerToken\(\)$/;

function toGuardOptions(plan: Plan, strategy: NewExpression): Map<string, string> | undefined {
  const [given, verify] = strategy.getArguments();
  const members = readMembers(plan, given);
  if (members === undefined) return undefined;
  stopAtUnknown(plan, members, known);
  const reader = members.get("jwtFromRequest");
  if (reader && !fromHeader.test(reader.getText()))
    plan.stop(reader, "the token comes from elsewhere than the Authorization header");
  if (!handsOnPayload(verify)) plan.stop(verify ?? strategy, "the verify function does more than hand on the payload");
  const secret = members.get("secretOrKey") ?? members.get("secretOrKeyProvider");
  const same = new Map([...members].filter(([name]) => ["issuer", "audience", "algorithms"].includes(name)));
  return readVerification(plan, strategy, secret ? same.set("secret", secret) : same);
}

/** `(payload, done) => done(null, payload)`, in any of its spellings. */
function handsOnPayload(verify: Node | undefined): boolean {
  if (!Node.isArrowFunction(verify) && !Node.isFunctionExpression(verify)) return false;
  const [payload, done] = verify.getParameters().map((one) => one.getName());
  const body = verify
    .getBody()
    .getText()
    .replace(/^\{\s*(return\s+)?|;?\s*\}$/g, "");
  return body === `${done}(null, ${payload})`;
}

/** Imported as `passport`, and nothing else. */
function isWhole({ names }: LibraryImport): boolean {
  const exported = names.get("passport");
  return names.size === 1 && (exported === "default" || exported === "*");
}

/** Whether this is the statement that the guard replaces. */
function isStrategy(name: Node, guard: DeclaredGuard): boolean {
  return statementOf(name) === guard.statement;
}

interface Parts {
  readonly guard: DeclaredGuard;
  readonly protect: ProtectWriter;
}

function listAuthentications(source: SourceFile): readonly CallExpression[] {
  return source
    .getDescendantsOfKind(SyntaxKind.CallExpression)
    .filter((call) => call.getExpression().getText() === "passport.authenticate");
}

function rewritePassport(plan: Plan, source: SourceFile, { guard, protect }: Parts): void {
  const passport = readImport(source, "passport");
  const [call] = listAuthentications(source);
  if (passport === undefined) return void (call && plan.stop(call, "`passport` comes from elsewhere"));
  if (!isWhole(passport)) return void plan.stop(passport.statement, "`passport` has another name here");
  const edits = plan.edit(source);
  for (const call of listAuthentications(source)) {
    const [name, options, callback] = call.getArguments();
    const isPlain =
      readText(name) === "jwt" &&
      callback === undefined &&
      /^\{\s*session:\s*false,?\s*\}$/.test(options?.getText() ?? "");
    if (!isPlain) {
      plan.stop(call, 'only `passport.authenticate("jwt", { session: false })` has a counterpart');
      continue;
    }
    const reached = reachGuard(plan, guard, call);
    if (reached === undefined) continue;
    edits.replace(call, protect.write(edits, reached));
  }
  let isRest = false;
  for (const name of findUses(source, "passport", passport)) {
    const text = name.getParent()?.getText();
    if (text === "passport.authenticate" || (text === "passport.use" && isStrategy(name, guard))) continue;
    const statement = statementOf(name);
    if (
      text === "passport.initialize" &&
      statement &&
      /^\w+\.use\(passport\.initialize\(\)\);?$/.test(statement.getText())
    ) {
      edits.remove(statement);
    } else isRest = true;
  }
  if (isRest) plan.stop(passport.statement, "`passport` is used for more than this strategy");
  else edits.remove(passport.statement);
}
