// The findings of `doctor` about files, variables and the environment of the process.

export const configurationCatalogue = {
  env_file_unreadable: {
    severity: "error",
    message: "{file} cannot be read ({problem}).",
    fix: "Give the path of the file as it is from {cwd}, for example: --env-file .env",
  },
  env_file_not_loaded: {
    severity: "warning",
    message: "{file} sets {names}, but the environment does not, and doctor loads no file by itself.",
    fix: "Run `npx gatewarden doctor --env-file {file}`. The API needs the file as well: start it with `node --env-file={file}`.",
  },
  env_file_line_ends: {
    severity: "warning",
    message: "{file} has Windows line ends (CRLF). Node.js leaves them out; shells and Docker keep them in the values.",
    fix: "Save {file} with the line ends LF.",
  },
  env_file_byte_order_mark: {
    severity: "error",
    message: "{file} begins with a byte order mark, which becomes part of the first name: {name} is not set by it.",
    fix: 'Save {file} as "UTF-8", not as "UTF-8 with BOM".',
  },
  env_file_overruled: {
    severity: "warning",
    message: '{name} is "{actual}" in the environment and "{other}" in {file}: the environment wins.',
    fix: "Take {name} out of the environment or out of {file}.",
  },
  variable_missing: {
    severity: "error",
    message: "Neither {name} nor {other} is set, so the {what} is unknown.",
    fix: "Set it where the API starts, for example: {example}",
  },
  variable_unread: {
    severity: "warning",
    message: "{actual} is set, but Gatewarden does not read a variable of that name.",
    fix: "Name the variable {name} instead of {actual}.",
  },
  variable_empty: {
    severity: "error",
    message: "{name} is set but empty, which counts as unset, and no other variable says the same.",
    fix: "Give {name} a value, for example: {example}",
  },
  variable_placeholder: {
    severity: "error",
    message: '{name} is "{actual}", which is only a placeholder.',
    fix: 'Put your own value in place of "{actual}", for example: {example}',
  },
  variable_quoted: {
    severity: "error",
    message: "{name} has quotes around it: {actual}. Shells remove them; Docker's --env-file and many consoles do not.",
    fix: "Write {name} without quotes: {name}={bare}",
  },
  variable_line_end: {
    severity: "warning",
    message: '{name} ends in a line end: "{actual}". It comes from a file with Windows line ends (CRLF).',
    fix: "Save the file that sets {name} with the line ends LF. Gatewarden ignores the line end; others may not.",
  },
  variable_blanks: {
    severity: "warning",
    message: '{name} has blanks around it: "{actual}".',
    fix: "Remove them where {name} is set. Gatewarden ignores them; others may not.",
  },
  domain_with_scheme: {
    severity: "info",
    message: '{name} is "{actual}": a domain with a scheme. Gatewarden reads it as the issuer {issuer}.',
    fix: "Nothing to do for Gatewarden. Other libraries expect {name}={bare}",
  },
  variables_disagree: {
    severity: "error",
    message: '{name} is "{actual}" while {other} is "{value}": they must mean the same.',
    fix: "Keep one of {name} and {other}, and unset the other.",
  },
  variable_malformed: {
    severity: "error",
    message: "{problem}",
    fix: "Correct {name}, for example: {example}",
  },
  production_with_loopback: {
    severity: "warning",
    message: "NODE_ENV is production while the issuer is {issuer}, which is this machine.",
    fix: "Set the issuer of your production tenant in place of {issuer}.",
  },
  guard_unusable: {
    severity: "error",
    message: "There is no guard in {file}: {problem}.",
    fix: "Correct that, for example: {example}",
  },
  node_too_old: {
    severity: "error",
    message: "This is Node.js {actual}; Gatewarden needs {expected} or newer.",
    fix: "Install Node.js {expected} or newer in place of {actual}.",
  },
  certificates_unchecked: {
    severity: "error",
    message:
      "NODE_TLS_REJECT_UNAUTHORIZED is 0: Node.js accepts any certificate, so anyone on the network path can supply keys.",
    fix: "Unset NODE_TLS_REJECT_UNAUTHORIZED. For a certificate authority of your own, name it in NODE_EXTRA_CA_CERTS.",
  },
  extra_ca_unreadable: {
    severity: "warning",
    message: "NODE_EXTRA_CA_CERTS names {file}, which {problem}. Node.js goes on without it.",
    fix: "Let NODE_EXTRA_CA_CERTS name a file with certificates in PEM, by its absolute path, in place of {file}.",
  },
  extra_ca_too_late: {
    severity: "warning",
    message: "{file} sets NODE_EXTRA_CA_CERTS, but Node.js reads it only when it starts, before any file is loaded.",
    fix: "Set NODE_EXTRA_CA_CERTS in the environment that starts the process, and not in {file}.",
  },
  proxy_malformed: {
    severity: "error",
    message: "{name} is not the URL of a proxy, and Node.js is told to use it.",
    fix: "Write it as in: {name}=http://proxy.internal:3128",
  },
  proxy_ignored: {
    severity: "info",
    message: "{name} names the proxy {proxy}. The fetch of this Node.js ({version}) ignores it; the direct way works.",
    fix: "Nothing to do, unless all traffic must go through {proxy}: then see https://nodejs.org/api/http.html#built-in-proxy-support",
  },
  proxy_needed: {
    severity: "error",
    message:
      "The direct way to {host} fails, and {name} names the proxy {proxy}, which fetch ignores in Node.js {version}.",
    fix: "Start Node.js 24 (or 22.21) or newer with NODE_USE_ENV_PROXY=1, or give createGuard a `fetch` that goes through {proxy} (undici's EnvHttpProxyAgent).",
  },
  proxy_switch_unknown: {
    severity: "warning",
    message: "NODE_USE_ENV_PROXY is set, but Node.js {version} does not know it: fetch goes the direct way.",
    fix: "Use Node.js 24 (or 22.21) or newer instead of {version}.",
  },
} as const;
