// The options of `createGuard`, from members of other libraries' options.
import type { Expression } from "ts-morph";
import { isVariable, type Plan, readText } from "../plan.js";

/** The issuer, as the guard must know it: exactly as tokens write it. */
export function addIssuer(plan: Plan, options: Map<string, string>, issuer: Expression): void {
  const text = readText(issuer);
  if (text === undefined) {
    options.set("issuer", issuer.getText());
    plan.remark(issuer, "The issuer must be exactly what tokens have in `iss`, with or without a slash at the end");
    return;
  }
  const isAuth0 = /^https:\/\/[^/]+\.auth0\.com$/.test(text);
  options.set("issuer", JSON.stringify(isAuth0 ? `${text}/` : text));
  if (!isAuth0 && !text.endsWith("/")) {
    plan.remark(
      issuer,
      `The issuer must be exactly what tokens have in \`iss\`: "${text}" or "${text}/"; \`npx gatewarden doctor\` says which`,
    );
  }
}

/** Adds a member unless the guard reads the same variable of the environment itself. */
export function addUnlessRead(
  options: Map<string, string>,
  name: string,
  value: Expression | undefined,
  ...variables: readonly string[]
): void {
  if (value !== undefined && !isVariable(value, ...variables)) options.set(name, value.getText());
}

/** The names of options that a rewrite does not know. */
export function stopAtUnknown(plan: Plan, members: ReadonlyMap<string, Expression>, known: readonly string[]): void {
  for (const [name, value] of members) {
    if (!known.includes(name)) plan.stop(value, `the option ${name} has no counterpart here`);
  }
}
