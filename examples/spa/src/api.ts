// Calls to the API: with the token, with a proof if the token is bound, and what the answer says.
import { generateProof } from "dpop";
import type { Session } from "./login.js";
import type { Settings } from "./settings.js";

/** An answer, as the page shows it. */
export interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  /** The header `WWW-Authenticate`, as it came. */
  readonly challenge: string | undefined;
  /** The parameters of the challenge that names an error. */
  readonly parameters: Readonly<Record<string, string>>;
}

export async function callApi({ api }: Settings, path: string, session: Session | undefined): Promise<Answer> {
  const url = `${api}${path}`;
  const response = await fetch(url, { headers: await createHeaders(url, session), cache: "no-store" });
  const challenge = response.headers.get("www-authenticate") ?? undefined;
  const parameters = parseChallenge(challenge ?? "");
  return { status: response.status, body: await response.json(), challenge, parameters };
}

/** A bound token needs a new proof for each request (RFC 9449 §7.1). A page that was stolen from has no key to steal. */
async function createHeaders(url: string, session: Session | undefined): Promise<Record<string, string>> {
  if (!session) return {};
  const { accessToken, keys } = session;
  if (!keys) return { authorization: `Bearer ${accessToken}` };
  const dpop = await generateProof(keys, url, "GET", undefined, accessToken);
  return { authorization: `DPoP ${accessToken}`, dpop };
}

/** The parameters of the challenge with an error, among those of several schemes (RFC 9110 §11.6.1). */
export function parseChallenge(text: string): Readonly<Record<string, string>> {
  const challenges = text.split(/(?:^|, *)(?=(?:Bearer|DPoP) )/i);
  const failed = challenges.find((one) => one.includes("error="));
  const pairs = (failed ?? "").matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"/gi);
  return Object.fromEntries(Array.from(pairs, ([, name = "", value = ""]) => [name, value.replace(/\\(.)/g, "$1")]));
}
