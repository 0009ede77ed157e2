// Asks a person, with @clack/prompts.
import * as clack from "@clack/prompts";

export interface Choice {
  readonly value: string;
  readonly label: string;
  readonly hint?: string;
}

export interface Prompter {
  /** Opens the questions with a title. */
  begin(title: string): void;
  end(says: string): void;
  select(question: {
    readonly message: string;
    readonly choices: readonly Choice[];
    readonly initial: string;
  }): Promise<string>;
  /** `check` returns what is wrong. */
  text(question: {
    readonly message: string;
    readonly example: string;
    readonly initial?: string;
    readonly check: (value: string) => string | undefined;
  }): Promise<string>;
}

/** The person ended the questions. */
export class CancelledError extends Error {
  override readonly name = "CancelledError";
}

/** More choices than this can be searched. */
const fewChoices = 8;

export function createPrompter(): Prompter {
  return {
    begin: (title) => clack.intro(title),
    end: (says) => clack.outro(says),
    select: async ({ message, choices, initial }) => {
      const options = choices.map((choice) => ({ ...choice }));
      const answer =
        choices.length > fewChoices
          ? await clack.autocomplete({ message, options, initialValue: initial, maxItems: fewChoices })
          : await clack.select({ message, options, initialValue: initial });
      return requireAnswer(answer);
    },
    text: async ({ message, example, initial, check }) => {
      const answer = await clack.text({
        message,
        placeholder: example,
        // Shown, and taken if nothing is typed. As an initial value, what is typed would follow it.
        ...(initial !== undefined && { defaultValue: initial }),
        validate: (value) => check((value ?? "").trim() || (initial ?? "")),
      });
      return requireAnswer(answer).trim();
    },
  };
}

function requireAnswer(answer: string | symbol): string {
  if (typeof answer !== "string") throw new CancelledError("Nothing was written.");
  return answer;
}
