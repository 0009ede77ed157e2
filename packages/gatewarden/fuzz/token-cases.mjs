// Access tokens: drafted, changed, written, and given to the guard and to jose.
import { compare } from "./compare.mjs";
import { askGuard, askJose } from "./decide.mjs";
import { createDraft, finish } from "./draft.mjs";
import { mutate } from "./mutations.mjs";
import { explain, findBroken } from "./rules.mjs";

/** @type {import("./check-case.mjs").Judge} */
export async function judgeToken(random) {
  const draft = createDraft(random);
  mutate(random, draft);
  const token = finish(random, draft);
  const { configuration, now, keySet } = draft;
  const shown = { token, configuration: configuration.name, now, keySet };
  try {
    const [ours, jose] = await Promise.all([askGuard(draft, token), askJose(draft, token)]);
    const decisions = { ours, jose };
    const rules = { explain: () => explain(token, draft, decisions), findBroken: () => findBroken(token, draft) };
    return { said: ours.why, ...compare(decisions, rules), shown };
  } catch (error) {
    // Neither an acceptance nor a refusal: something broke, which is a finding too.
    return { problem: `thrown: ${error}`, shown };
  }
}
