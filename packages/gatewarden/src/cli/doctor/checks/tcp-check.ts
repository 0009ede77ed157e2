// TCP: whether the addresses accept connections. Each family is tested separately, since one may be
// broken unnoticed.
import type { LookupAddress } from "node:dns";
import { isLoopback } from "../../../issuer/url.js";
import { type DoctorFinding, toDoctorFinding } from "../catalogue/catalogue.js";
import { type Context, type DoctorCheck, defineCheck, type Route } from "../define-check.js";
import { readErrorCode } from "../network-error.js";

interface Attempt extends LookupAddress {
  /** The error code. Undefined if the connection succeeded. */
  readonly code: string | undefined;
}

const perFamily = 2;
const late = "ETIMEDOUT";

export const tcpCheck: DoctorCheck = defineCheck({
  title: "TCP",
  needs: ["route", "addresses"],
  run: async (context, { route, addresses }) => {
    const some = [4, 6].flatMap((family) => addresses.filter((one) => one.family === family).slice(0, perFamily));
    const attempts = await Promise.all(some.map((address) => attemptConnection(context, route.port, address)));
    const open = attempts.find(({ code }) => code === undefined);
    if (!open) return { findings: explainAll(attempts, route, context.options.timeout) };
    const connection = { address: open.address, family: open.family };
    return {
      findings: findBrokenFamily(attempts, route.host),
      facts: { connection },
      note: `${open.address} takes connections on port ${route.port}`,
    };
  },
});

function attemptConnection({ connect, options }: Context, port: number, address: LookupAddress): Promise<Attempt> {
  return new Promise((resolve) => {
    const socket = connect(port, address.address);
    const end = (code: string | undefined) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ ...address, code });
    };
    const timer = setTimeout(() => end(late), options.timeout * 1000);
    socket.once("connect", () => end(undefined));
    socket.on("error", (error) => end(readErrorCode(error) ?? "unknown problem"));
  });
}

/** All addresses fail: reported once per kind of failure, for IPv4 if both families fail. */
function explainAll(attempts: readonly Attempt[], route: Route, seconds: number): readonly DoctorFinding[] {
  const { host } = route;
  const ipv4 = attempts.filter(({ family }) => family === 4);
  const [only] = attempts;
  if (only && ipv4.length === 0 && /UNREACH|EADDRNOTAVAIL/.test(only.code ?? "")) {
    return [toDoctorFinding("ipv6_only", { host, address: only.address, problem: only.code ?? "" })];
  }
  const shown = ipv4.length > 0 ? ipv4 : attempts;
  const kinds = new Map(shown.map((one) => [one.code, one]));
  return [...kinds.values()].map((one) => explainAttempt(one, route, seconds));
}

function explainAttempt(
  { address, code: problem = "" }: Attempt,
  { host, port }: Route,
  seconds: number,
): DoctorFinding {
  switch (problem) {
    case "ECONNREFUSED":
      return isLoopback(host) || host === "::1"
        ? toDoctorFinding("tcp_refused_loopback", { address, port, host })
        : toDoctorFinding("tcp_refused", { address, port, host });
    case late:
      return toDoctorFinding("tcp_timeout", { address, port, host, seconds });
    case "ENETUNREACH":
    case "EHOSTUNREACH":
    case "EADDRNOTAVAIL":
      return toDoctorFinding("tcp_unreachable", { address, host, problem });
    default:
      return toDoctorFinding("tcp_failed", { address, port, host, problem });
  }
}

/** One family works and the other does not. */
function findBrokenFamily(attempts: readonly Attempt[], host: string): readonly DoctorFinding[] {
  return ([4, 6] as const).flatMap((family) => {
    const own = attempts.filter((one) => one.family === family);
    const [broken] = own;
    if (!broken || own.some(({ code }) => code === undefined)) return [];
    const code = family === 6 ? "ipv6_fails" : "ipv4_fails";
    return [toDoctorFinding(code, { host, address: broken.address, problem: broken.code ?? "" })];
  });
}
