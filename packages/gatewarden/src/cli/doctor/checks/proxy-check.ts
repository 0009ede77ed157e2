// Proxies: whether one is configured that `fetch` does not use, and whether the issuer is
// unreachable because of it.
import { type DoctorFinding, toDoctorFinding } from "../catalogue/catalogue.js";
import { type DoctorCheck, defineCheck } from "../define-check.js";
import { findProxy, isSwitchedOn, knowsSwitch } from "./proxy-variables.js";

export const proxyCheck: DoctorCheck = defineCheck({
  title: "proxy",
  needs: ["env", "issuers", "route"],
  run: ({ nodeVersion: version }, { env, issuers, route, handshake, target }) => {
    if (route.proxy !== undefined) return { findings: [], note: `used, as ${route.proxy} says` };
    const named = findProxy(env, new URL(target ?? issuers[0]));
    if (named === undefined) return { findings: [], note: "none named" };
    if (isSwitchedOn(env) && knowsSwitch(version)) return { findings: [] };
    const { name, url } = named;
    const proxy = url?.host ?? "with a malformed address";
    const finding: DoctorFinding = handshake
      ? toDoctorFinding("proxy_ignored", { name, proxy, version })
      : toDoctorFinding("proxy_needed", { name, proxy, version, host: route.host });
    return { findings: [finding] };
  },
});
