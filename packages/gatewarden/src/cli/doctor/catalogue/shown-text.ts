// Untrusted text → text in a finding: without secrets, on one line, of limited length.
import { hideTokens } from "../../../explain/redact.js";
import { toPrintable } from "../../terminal/printable.js";

const maxLength = 400;

/** Hides user names and passwords in URLs, and anything that looks like a token. */
export function toShownText(text: string): string {
  const withoutUsers = text.replace(/(^|\/\/|["'\s])[^\s/"']+@(?=[\w[])/g, "$1…@");
  const shown = toPrintable(hideTokens(withoutUsers, "<token>"));
  return shown.length > maxLength ? `${shown.slice(0, maxLength)}…` : shown;
}
