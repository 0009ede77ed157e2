// HTML with every inserted value escaped.

/** HTML that is safe to insert unescaped. Created only by the {@link html} tag. */
export class SafeHtml {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Insertable = SafeHtml | string | number | false | undefined | readonly Insertable[];

/** Template tag: escapes strings, and inserts {@link SafeHtml} and lists of it unescaped. */
export function html(parts: TemplateStringsArray, ...values: readonly Insertable[]): SafeHtml {
  const text = parts.map((part, index) => (index === 0 ? part : toText(values[index - 1]) + part));
  return new SafeHtml(text.join(""));
}

function toText(value: Insertable): string {
  if (value === undefined || value === false) return "";
  if (value instanceof SafeHtml) return value.text;
  if (typeof value === "string" || typeof value === "number") return escapeHtml(String(value));
  return value.map(toText).join("");
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
