// Values and sentences as people read them.
import type { ComponentChildren } from "preact";

/** Text with `code` in backticks. */
export function toMarked(text: string): ComponentChildren {
  return text.split(/`([^`]+)`/).map((part, index) => (index % 2 === 1 ? <code key={`${index}`}>{part}</code> : part));
}

interface Split {
  readonly sentence: string;
  readonly place: string | undefined;
  /** What is wrong with it: `is not a number`. */
  readonly problem: string | undefined;
}

/** Takes the member that the library names at the end of a sentence, as in `… identifier. [aud]`. */
export function splitPlace(text: string): Split {
  const [whole, place, problem] = / \[([^\]\s]+)(?: ([^\]]+))?\]$/.exec(text) ?? [];
  return { sentence: whole === undefined ? text : text.slice(0, -whole.length), place, problem };
}

export function toText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** A list of texts has one line for each; anything else is JSON. */
export function Value({ value }: { readonly value: unknown }) {
  const isList = Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === "string");
  if (!isList) return <code>{toText(value)}</code>;
  return (
    <ul class="values">
      {(value as readonly string[]).map((one) => (
        <li key={one}>
          <code>{one}</code>
        </li>
      ))}
    </ul>
  );
}

/** An address may break after each slash, and nowhere within a word. */
export function Breakable({ text }: { readonly text: string }) {
  const parts = text.split(/(?<=[^/:]\/)(?=[^/])/);
  return (
    <>
      {parts.map((part, index) => (
        <span key={`${index}`}>
          {part}
          <wbr />
        </span>
      ))}
    </>
  );
}
