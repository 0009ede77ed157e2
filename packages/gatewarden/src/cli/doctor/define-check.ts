// The form of a check: a function from known facts to findings and further facts.
import type { LookupAddress } from "node:dns";
import type { IssuerSpellings } from "../../configuration/environment-variables.js";
import type { IssuerMetadata } from "../../issuer/discovery.js";
import type { Awaitable } from "../../platform/awaitable.js";
import type { JsonObject } from "../../token/json.js";
import type { LoadedGuard } from "../guard-file.js";
import type { GuardFlags } from "../guard-flags.js";
import type { Answer } from "./api/answer.js";
import type { DoctorFinding } from "./catalogue/catalogue.js";
import type { Machine } from "./machine.js";
import type { Recorder } from "./recorder.js";

/** The options of the command line. */
export interface DoctorOptions {
  /** A module with the API's own guard. */
  readonly config: string | undefined;
  readonly issuer: string | undefined;
  readonly audience: string | undefined;
  readonly discoveryUrl: string | undefined;
  /** All that flags say of the guard, those above included. Default: no more than that. */
  readonly guardFlags?: GuardFlags;
  /** A file of variables. */
  readonly envFile: string | undefined;
  /** A protected endpoint of a running API. */
  readonly url: string | undefined;
  /** The origin of pages that call the API. */
  readonly origin: string | undefined;
  /** Seconds for each step that waits. */
  readonly timeout: number;
}

/** What every check can use. */
export interface Context extends Machine {
  readonly options: DoctorOptions;
  /** A `fetch` that records answers. */
  readonly recorder: Recorder;
}

/** Where connections for the issuer go: to its host, or to a proxy. */
export interface Route {
  readonly host: string;
  readonly port: number;
  /** Whether that host is contacted over TLS. */
  readonly isTls: boolean;
  /** Undefined for a direct connection. */
  readonly proxy: string | undefined;
}

/** Facts that checks determine for later ones. */
export interface DoctorFacts {
  /** The environment, including the loaded file. */
  readonly env: Machine["env"];
  readonly issuers: IssuerSpellings;
  /** Where the issuer was configured, such as `AUTH0_DOMAIN`. */
  readonly issuerOption: string;
  readonly audience: string;
  /** Where the keys of the configuration are, if they are not to be discovered. */
  readonly keyOption: "jwksUri" | "secret";
  /** Hosts that may be asked over http. */
  readonly httpHosts: readonly string[];
  /** Seconds. */
  readonly clockTolerance: number;
  /** The API's own guard. */
  readonly guard: LoadedGuard;
  /** The URL used for metadata or keys, if it is not the issuer's own. */
  readonly target: string;
  readonly route: Route;
  readonly addresses: readonly LookupAddress[];
  /** The address that answered. */
  readonly connection: LookupAddress;
  /** The TLS handshake succeeded with any certificate, or TLS is not used. */
  readonly handshake: true;
  /** The certificate is trusted, or none is needed. */
  readonly trust: true;
  /** The received metadata document, and what the library read from it. */
  readonly document: FoundMetadata;
  readonly metadata: IssuerMetadata;
  readonly keys: readonly unknown[];
  /** The API's refusal of a request without credentials, though its status may be wrong. */
  readonly refusal: Answer;
}

export interface FoundMetadata {
  readonly url: string;
  readonly content: JsonObject;
  /** Undefined if the library refused it. */
  readonly metadata: IssuerMetadata | undefined;
  readonly problem: string;
}

/** The result of a check. */
export interface CheckResult {
  readonly findings: readonly DoctorFinding[];
  readonly facts?: Partial<DoctorFacts>;
  /** A short summary of what was seen. */
  readonly note?: string;
  /** Details, a line each, shown below the check. */
  readonly rows?: readonly string[];
}

/** One check. It runs only if all facts that it needs are known. */
export interface DoctorCheck {
  readonly title: string;
  readonly needs: readonly (keyof DoctorFacts)[];
  /** Whether there is anything to check, given the known facts. Default: always. */
  readonly isDue?: (facts: Partial<DoctorFacts>) => boolean;
  readonly run: (context: Context, facts: Partial<DoctorFacts>) => Awaitable<CheckResult>;
}

type Known<Need extends keyof DoctorFacts> = Partial<DoctorFacts> & Pick<DoctorFacts, Need>;

/** Defines a check whose function receives the facts that it needs as present. */
export function defineCheck<Need extends keyof DoctorFacts = never>(check: {
  readonly title: string;
  readonly needs: readonly Need[];
  readonly run: (context: Context, facts: Known<Need>) => Awaitable<CheckResult>;
}): DoctorCheck {
  const { title, needs, run } = check;
  return { title, needs, run: (context, facts) => run(context, facts as Known<Need>) };
}
