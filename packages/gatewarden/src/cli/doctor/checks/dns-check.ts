// DNS: whether the host has addresses, resolved in the same way as by `fetch`.
import { isIP } from "node:net";
import { type DoctorFinding, toDoctorFinding } from "../catalogue/catalogue.js";
import { type DoctorCheck, defineCheck } from "../define-check.js";
import { readErrorCode } from "../network-error.js";
import { within } from "../within.js";

export const dnsCheck: DoctorCheck = defineCheck({
  title: "DNS",
  needs: ["route"],
  run: async ({ lookup, options }, { route, issuerOption = "the issuer" }) => {
    const { host, proxy } = route;
    const family = isIP(host);
    if (family !== 0) return { findings: [], facts: { addresses: [{ address: host, family }] }, note: "an IP address" };
    try {
      const addresses = await within(options.timeout, lookup(host));
      if (addresses === undefined)
        return { findings: [toDoctorFinding("dns_timeout", { host, seconds: options.timeout })] };
      const note = addresses.map(({ address }) => address).join(", ");
      return { findings: [], facts: { addresses }, note: `${host} is ${note}` };
    } catch (error) {
      return { findings: [explainLookup(host, proxy ?? issuerOption, readErrorCode(error) ?? "unknown")] };
    }
  },
});

/**
 * With `ENOTFOUND`, DNS answered that the name does not exist. With codes such as `EAI_AGAIN`, no
 * server answered.
 */
function explainLookup(host: string, option: string, code: string): DoctorFinding {
  if (code === "EAI_AGAIN" || code === "ETIMEOUT") return toDoctorFinding("dns_temporary", { host, problem: code });
  if (code !== "ENOTFOUND" && code !== "ENODATA") return toDoctorFinding("dns_failed", { host, problem: code });
  return host.includes(".")
    ? toDoctorFinding("dns_not_found", { host, option })
    : toDoctorFinding("dns_container_name", { host });
}
