// What `createTenant` takes, and what it returns.
import type { Authority } from "./certificates/authority.js";
import type { TenantConfig, TenantConfigInput } from "./config/model.js";
import type { OnlineApi } from "./console-api/online-apis.js";
import type { TenantFaults } from "./faults/fault-board.js";
import type { RotateOptions } from "./keys/key-ring.js";
import type { LogOutReport } from "./people/log-out.js";
import type { SignalReport, SignalRequest } from "./people/send-signal.js";
import type { ResetPart } from "./reset-parts.js";
import type { IssuedToken, TokenRequest } from "./token-request.js";

/**
 * Options of a tenant, all optional. They include the parts of the configuration, which may also be
 * read from a file.
 */
export interface TenantOptions extends TenantConfigInput {
  /** 0: any free port. Default: 4400, or any free port when that is taken. */
  readonly port?: number | undefined;
  /** An address of this machine. Default: `127.0.0.1`. */
  readonly host?: string | undefined;
  /**
   * `true`: https with a certificate of a local authority, which is made once and kept in
   * `directory`; see {@link Tenant.authority}. Or your own key and certificate, in PEM: the tenant
   * then also asks clients for certificates. Default: http.
   */
  readonly https?: boolean | { readonly key: string; readonly cert: string } | undefined;
  /**
   * Directory for keys and the state file. Default: none; keys stay in memory and are lost with the
   * tenant.
   */
  readonly directory?: string | undefined;
  /** APIs on this machine that the console shows and calls. Default: none; `showApi` adds one. */
  readonly showApis?: readonly OnlineApi[] | undefined;
  /** Additional host names that requests may use, such as `host.docker.internal`. Default: none. */
  readonly allowedHosts?: readonly string[] | undefined;
  /**
   * Time limit for a client to send one request, in seconds; headers get a third of it. After that,
   * the tenant disconnects it. Default: 30.
   */
  readonly requestTimeout?: number | undefined;
  /** Maximum concurrent connections; further ones are closed. Default: 512. */
  readonly maxConnections?: number | undefined;
  /** Receives errors inside the tenant. Default: written to standard error. */
  readonly onError?: ((error: Error) => void) | undefined;
}

/** The local certificate authority, without its key. */
export type TenantAuthority = Pick<Authority, "certificate" | "files">;

/** A running local tenant. */
export interface Tenant {
  /** The issuer, with a trailing slash as Auth0's issuers have. */
  readonly issuer: string;
  /** The same address without the slash. */
  readonly url: string;
  readonly port: number;
  /** The audience of the first API. */
  readonly audience: string;
  readonly config: TenantConfig;
  /**
   * With `https: true`, the authority that clients must trust: its certificate in PEM, and its files
   * if there is a `directory`.
   */
  readonly authority: TenantAuthority | undefined;
  /**
   * Issues a token without a login. Throws a {@link TenantError} (`invalid_request`) for unknown
   * names.
   */
  token(request?: TokenRequest): Promise<IssuedToken>;
  /** Signs with new keys from now on. The old ones stay published unless `dropOld` is set. */
  rotateKeys(options?: RotateOptions): Promise<void>;
  /**
   * Returns the tenant to what it was when it started: all of it, or the named parts. Tells no
   * application and no receiver of signals. Throws a {@link TenantError} (`invalid_request`).
   */
  reset(...parts: readonly ResetPart[]): Promise<void>;
  /** Switches faults on and off. */
  readonly faults: TenantFaults;
  /**
   * Logs a persona out everywhere, by short name: ends its sessions, grants and refresh tokens, and
   * tells applications (back-channel logout) and receivers of signals. Throws a {@link TenantError}
   * (`invalid_request`) for an unknown name.
   */
  logOut(persona: string): Promise<LogOutReport>;
  /**
   * Sends an event about a persona to the receivers of signals, and does what the event says. Throws
   * a {@link TenantError} (`invalid_request`).
   */
  signal(request: SignalRequest): Promise<SignalReport>;
  /**
   * Tells the console of an API on this machine: its routes are then shown, and can be called.
   * Throws a {@link TenantError} (`invalid_request`) for another machine.
   */
  showApi(api: OnlineApi): void;
  close(): Promise<void>;
}
