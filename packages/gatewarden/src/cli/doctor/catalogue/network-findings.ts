// The findings of `doctor` between this machine and the issuer: names, connections, certificates.

export const networkCatalogue = {
  dns_not_found: {
    severity: "error",
    message: "There is no host {host} (ENOTFOUND).",
    fix: "Check the spelling of {host} in {option}, and with `nslookup {host}` whether this network's DNS knows it.",
  },
  dns_container_name: {
    severity: "error",
    message: "There is no host {host} (ENOTFOUND). A name without dots is known only inside its own container network.",
    fix: "Run doctor where the API runs (`docker compose exec`). If tokens name another host than {host}, set the issuer to that and `discoveryUrl` to the inner address; for plain http, list it in `insecureHttpHosts`.",
  },
  dns_temporary: {
    severity: "error",
    message: "DNS did not answer for {host} ({problem}). The name may well exist.",
    fix: "Check this machine's DNS servers (/etc/resolv.conf, VPN, container network), then look up {host} again.",
  },
  dns_timeout: {
    severity: "error",
    message: "DNS gave no answer for {host} within {seconds} s.",
    fix: "Check this machine's DNS servers (/etc/resolv.conf, VPN, container network), then look up {host} again.",
  },
  dns_failed: {
    severity: "error",
    message: "The name {host} could not be looked up ({problem}).",
    fix: "Check this machine's DNS settings with `nslookup {host}`.",
  },
  tcp_refused: {
    severity: "error",
    message: "{address} refuses connections: the machine is there, but nothing listens on port {port}.",
    fix: "Check the port of {host}, and that the server runs.",
  },
  tcp_refused_loopback: {
    severity: "error",
    message: "Nothing listens on {address}, port {port}, of this machine.",
    fix: "Start the issuer there (the local tenant: `npx gatewarden dev`). Inside a container, {host} is the container itself: use the issuer's name in the container network.",
  },
  tcp_timeout: {
    severity: "error",
    message: "{address}, port {port}, did not answer within {seconds} s: something on the way drops the packets.",
    fix: "Let the firewall or security group allow outgoing connections to {host}, port {port}.",
  },
  tcp_unreachable: {
    severity: "error",
    message: "There is no way to {address} ({problem}).",
    fix: "Check this machine's network, VPN and routes to {host}.",
  },
  tcp_failed: {
    severity: "error",
    message: "No connection to {address}, port {port} ({problem}).",
    fix: "Check the network between this machine and {host}.",
  },
  ipv6_fails: {
    severity: "warning",
    message: "{host} has IPv6 addresses that cannot be reached from here ({address}: {problem}), while IPv4 works.",
    fix: "Repair this machine's IPv6, or prefer IPv4 with NODE_OPTIONS=--dns-result-order=ipv4first, so that no request to {host} waits for it.",
  },
  ipv4_fails: {
    severity: "warning",
    message: "{host} has IPv4 addresses that cannot be reached from here ({address}: {problem}), while IPv6 works.",
    fix: "Let the server of {host} listen on IPv4 too, or use a name that has IPv6 addresses only.",
  },
  ipv6_only: {
    severity: "error",
    message: "{host} has only IPv6 addresses, and none can be reached from here ({address}: {problem}).",
    fix: "Give this machine IPv6 (containers often have none), or give {host} an IPv4 address.",
  },
  tls_self_signed: {
    severity: "error",
    message: 'The certificate of {host} is self-signed ("{subject}"): Node.js does not trust it.',
    fix: "Save it as PEM and start Node.js with NODE_EXTRA_CA_CERTS=/path/to/that.pem, or give {host} a certificate of a known authority.",
  },
  tls_unknown_ca: {
    severity: "error",
    message:
      'The certificate of {host} comes from "{authority}", an authority that Node.js does not know: a private one, or a proxy that opens TLS.',
    fix: 'Get the root certificate of "{authority}" as PEM and start Node.js with NODE_EXTRA_CA_CERTS=/path/to/that.pem',
  },
  tls_chain_incomplete: {
    severity: "error",
    message:
      'The server of {host} sends its certificate without the one of its issuer, "{authority}". Browsers may fetch it; Node.js does not.',
    fix: 'Let the server of {host} send the full chain (often a file called fullchain.pem). Until then: NODE_EXTRA_CA_CERTS with the certificate of "{authority}".',
  },
  tls_expired: {
    severity: "error",
    message: "The certificate of {host} expired on {date}.",
    fix: "Renew the certificate of {host}. If it is not expired, set this machine's clock: it says {now}.",
  },
  tls_not_yet_valid: {
    severity: "error",
    message: "The certificate of {host} is valid only from {date}.",
    fix: "Set this machine's clock, which says {now}. If it is right, replace the certificate of {host}.",
  },
  tls_wrong_host: {
    severity: "error",
    message: "The certificate is not for {host}, but for {names}.",
    fix: "Use one of the names it is for, or give the server a certificate for {host}. If the names are strange, something in between answers.",
  },
  tls_not_spoken: {
    severity: "error",
    message: "{host}, port {port}, does not speak TLS ({problem}).",
    fix: "Check the port of {host}: for https it is usually 443. Plain http is allowed on this machine, and at hosts that the guard's `insecureHttpHosts` lists.",
  },
  tls_timeout: {
    severity: "error",
    message: "{host}, port {port}, took the connection but did not finish the TLS handshake within {seconds} s.",
    fix: "Check that port {port} of {host} speaks TLS, and for a proxy or a firewall in between.",
  },
  tls_failed: {
    severity: "error",
    message: "The TLS handshake with {host} failed ({problem}).",
    fix: "Check the TLS versions and ciphers of {host}, and for a proxy or a firewall in between.",
  },
} as const;
