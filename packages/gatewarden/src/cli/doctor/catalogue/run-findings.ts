// The findings of `doctor` about its own run, and about the local tenant that is used beside it.

export const runCatalogue = {
  tenant_fault_on: {
    severity: "warning",
    message: "The local tenant at {issuer} has faults on: {faults}. What it issues or answers is wrong on purpose.",
    fix: "Switch them off: npx gatewarden faults --reset",
  },
  checks_skipped: {
    severity: "info",
    message: "Not looked at: {checks}. What they need was not there.",
    fix: "Fix the errors first, then run doctor again.",
  },
  out_of_time: {
    severity: "error",
    message: "{check} was given up: all checks together may take {seconds} s.",
    fix: "Allow more time, for example: --timeout {longer}",
  },
  check_broken: {
    severity: "error",
    message: "{check} could not be finished: {problem}.",
    fix: "Run doctor again. If {check} fails once more, it is a fault of Gatewarden: please report it.",
  },
} as const;
