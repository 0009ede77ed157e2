// What a check is: a function from what is known to findings, and to what is known after it.
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

/** What the command line asks for. */
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
  /** Seconds for each thing that is waited for. */
  readonly timeout: number;
}

/** What every check has at hand. */
export interface Context extends Machine {
  readonly options: DoctorOptions;
  /** A `fetch` that remembers what was answered. */
  readonly recorder: Recorder;
}

/** Where connections for the issuer go: to its host, or to a proxy. */
export interface Route {
  readonly host: string;
  readonly port: number;
  /** Whether TLS is spoken with that host. */
  readonly isTls: boolean;
  /** Undefined on the direct way. */
  readonly proxy: string | undefined;
}

/** What checks find out for those after them. */
export interface DoctorFacts {
  /** The environment, with the file that was loaded into it. */
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
  /** The URL that is asked for metadata or keys, where it is not the issuer's own. */
  readonly target: string;
  readonly route: Route;
  readonly addresses: readonly LookupAddress[];
  /** The address that answered. */
  readonly connection: LookupAddress;
  /** That TLS came about, whatever the certificate, or is not spoken. */
  readonly handshake: true;
  /** That the certificate is good, or none is needed. */
  readonly trust: true;
  /** The metadata document as it came, and what the library made of it. */
  readonly document: FoundMetadata;
  readonly metadata: IssuerMetadata;
  readonly keys: readonly unknown[];
  /** The API's answer to a request without credentials. */
  readonly refusal: Answer;
}

export interface FoundMetadata {
  readonly url: string;
  readonly content: JsonObject;
  /** Undefined where the library refused it. */
  readonly metadata: IssuerMetadata | undefined;
  readonly problem: string;
}

/** What a check found. */
export interface CheckResult {
  readonly findings: readonly DoctorFinding[];
  readonly facts?: Partial<DoctorFacts>;
  /** What was seen, in a few words. */
  readonly note?: string;
}

/** One check. It runs only when all that it needs is known. */
export interface DoctorCheck {
  readonly title: string;
  readonly needs: readonly (keyof DoctorFacts)[];
  /** Whether there is anything to look at, given what is known. Default: always. */
  readonly isDue?: (facts: Partial<DoctorFacts>) => boolean;
  readonly run: (context: Context, facts: Partial<DoctorFacts>) => Awaitable<CheckResult>;
}

type Known<Need extends keyof DoctorFacts> = Partial<DoctorFacts> & Pick<DoctorFacts, Need>;

/** A check whose function sees what it needs as being there. */
export function defineCheck<Need extends keyof DoctorFacts = never>(check: {
  readonly title: string;
  readonly needs: readonly Need[];
  readonly run: (context: Context, facts: Known<Need>) => Awaitable<CheckResult>;
}): DoctorCheck {
  const { title, needs, run } = check;
  return { title, needs, run: (context, facts) => run(context, facts as Known<Need>) };
}
