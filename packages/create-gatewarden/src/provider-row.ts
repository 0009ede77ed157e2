// What a row of the table of providers says.
import type * as presets from "gatewarden/providers";

/** A preset of `gatewarden/providers` whose arguments can be written on a command line. */
export type PresetName = Exclude<
  {
    [Name in keyof typeof presets]: (typeof presets)[Name] extends (...args: never) => unknown ? Name : never;
  }[keyof typeof presets],
  "awsAlb" | "createClusterFetch"
>;

/** One argument. */
export interface ArgumentRow {
  readonly name: string;
  /** What is asked for it. */
  readonly question: string;
  readonly example: string;
  /** Never asked, only taken from its flag. */
  readonly isOptional?: true;
  /** Asked unless one of these is given by its flag. */
  readonly unless?: readonly string[];
}

/** What tokens grant: what stands in place of the permission in `src/app.ts`. */
export type Grant = "permission" | "scope" | "role" | "none";

/** One provider. */
export interface ProviderRow {
  /** As the flag `--provider` takes it. */
  readonly id: string;
  readonly title: string;
  /** Undefined for an issuer without a preset. */
  readonly preset?: PresetName;
  /**
   * Environment variables by argument. Without them, the arguments are written in `src/guard.ts`.
   */
  readonly variables?: Readonly<Record<string, string>>;
  readonly arguments: readonly ArgumentRow[];
  readonly grant: Grant;
  /** The proxy whose header has the token. Its addresses are the argument `proxy`. */
  readonly header?: keyof typeof presets.tokenHeaders;
  /** Whether keys come from the cluster's own API server. */
  readonly isInCluster?: true;
}
