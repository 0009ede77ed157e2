// A tenant that serves https with a certificate of the local authority.
import { Server } from "node:tls";
import { type Authority, openAuthority, type ServerIdentity, serverLife } from "./authority.js";

/** The names of this machine, which every certificate has. */
const ownNames = ["localhost", "127.0.0.1", "::1"];
/** Often, since an expired certificate must not outlast a laptop's sleep by an hour. */
const checkEvery = 60_000;

export interface LocalHttps {
  readonly authority: Authority;
  readonly identity: ServerIdentity;
  /** Replaces the certificate of a running server in time. Returns the function that ends it. */
  readonly renew: (server: object) => () => void;
}

interface LocalHttpsOptions {
  readonly directory: string | undefined;
  readonly host: string;
  /** Gets one line that says why the directory's authority is not used. */
  readonly onProblem: (problem: string) => void;
}

/** Opens the authority of the directory, and makes a certificate for `host` and this machine. */
export async function openLocalHttps({ directory, host, onProblem }: LocalHttpsOptions): Promise<LocalHttps> {
  const authority = await openAuthority(directory, { onProblem });
  const names = [...new Set([...ownNames, host.replace(/^\[|\]$/g, "")])];
  return {
    authority,
    identity: authority.issue(names),
    renew: (server) => {
      let issued = Date.now();
      // The clock is asked, since timers stand still while a laptop sleeps.
      const timer = setInterval(() => {
        const age = Date.now() - issued;
        // Below 0 the clock was set back, perhaps to before the certificate begins.
        if (!(server instanceof Server) || (age >= 0 && age < serverLife / 2)) return;
        issued = Date.now();
        server.setSecureContext(authority.issue(names, issued));
      }, checkEvery);
      timer.unref();
      return () => clearInterval(timer);
    },
  };
}
