// Proxies: whether one is named that `fetch` does not use, and whether that is why the issuer cannot be reached.
import { type DoctorFinding, toFinding } from "../catalogue/catalogue.js";
import { defineCheck } from "../check.js";
import { findProxy, isSwitchedOn, knowsSwitch } from "./proxy-variables.js";

export const proxyCheck = defineCheck({
  title: "proxy",
  needs: ["env", "issuers", "route"],
  run: ({ nodeVersion: version }, { env, issuers, route, trust }) => {
    if (route.proxy !== undefined) return { findings: [], note: `used, as ${route.proxy} says` };
    const named = findProxy(env, new URL(issuers[0]));
    if (named === undefined) return { findings: [], note: "none named" };
    if (isSwitchedOn(env) && knowsSwitch(version)) return { findings: [] };
    const { name, url } = named;
    const proxy = url?.host ?? "with a malformed address";
    const finding: DoctorFinding = trust
      ? toFinding("proxy_ignored", { name, proxy, version })
      : toFinding("proxy_needed", { name, proxy, version, host: route.host });
    return { findings: [finding] };
  },
});
