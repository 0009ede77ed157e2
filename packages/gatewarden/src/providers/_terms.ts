// What presets return.
import type { IssuerOptions } from "../configuration/options.js";

type Format = "list" | "text" | "keys";

/** The options that presets set. */
export interface Terms {
  readonly issuer: string;
  readonly audience?: string | readonly string[] | false;
  readonly clientId?: string | readonly string[];
  readonly allowIdTokens?: true;
  readonly discoveryUrl?: string;
  readonly keys?: { readonly jwksUri: string; readonly secret?: string };
  readonly algorithms?: readonly string[];
  readonly tokenType?: "at+jwt";
  readonly claimNames?: Readonly<
    Partial<Record<"scope" | "permissions" | "roles" | "organization", string | readonly string[]>>
  >;
  readonly claimFormats?: {
    readonly scope?: "blanks" | "list" | "commas";
    readonly permissions?: Format;
    readonly roles?: Format;
  };
}

/** Plain options of one issuer. */
export function toOptions(terms: Terms): IssuerOptions {
  return terms as IssuerOptions;
}
