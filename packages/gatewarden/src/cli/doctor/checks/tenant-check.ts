// The local tenant: a fault that is on explains everything else, so it is reported first.
import { type LocalTenant, loadTenant, mayBeLocal } from "../../local-tenant.js";
import { type DoctorFinding, toDoctorFinding } from "../catalogue/catalogue.js";
import { type DoctorCheck, defineCheck } from "../define-check.js";

/** Due only where the issuer is on this machine. */
export const tenantCheck: DoctorCheck = {
  ...defineCheck({
    title: "local tenant",
    needs: ["issuers"],
    run: async ({ fetch }, { issuers }) => {
      const tenant = await loadTenant(issuers[0], fetch);
      if (tenant === undefined) return { findings: [], note: "the issuer is not one" };
      return { findings: toFaultFindings(tenant), ...(tenant.faults.length === 0 && { note: "no fault is on" }) };
    },
  }),
  isDue: ({ issuers }) => issuers !== undefined && mayBeLocal(issuers[0]),
};

/** While faults are on, any other advice would lead in a circle. */
export function toFaultFindings({ issuer, faults }: LocalTenant): readonly DoctorFinding[] {
  if (faults.length === 0) return [];
  return [toDoctorFinding("tenant_fault_on", { issuer, faults: faults.map((name) => `\`${name}\``).join(", ") })];
}
