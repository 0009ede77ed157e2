// The findings of `doctor` about the issuer's answers: documents, keys, clock, and plausibility of
// the audience.

export const issuerCatalogue = {
  guard_keys_missing: {
    severity: "error",
    message: "The guard has no keys of {issuer}: {problem}.",
    fix: "{fix} Then run doctor again.",
  },
  guard_keys_stale: {
    severity: "warning",
    message: "The guard has old keys of {issuer} only, since it cannot be asked: {problem}.",
    fix: "{fix} Then run doctor again.",
  },
  guard_keys_late: {
    severity: "error",
    message: "The guard had no keys of {issuer} within {seconds} s.",
    fix: "See why {issuer} is slow, or allow more time with --timeout (in the API: `keys.timeout`).",
  },
  answer_timeout: {
    severity: "error",
    message: "{what} did not arrive from {url} within {seconds} s.",
    fix: "See why {url} is slow, or allow more time with --timeout (in the API: `keys.timeout`).",
  },
  answer_failed: {
    severity: "error",
    message: "{what} could not be fetched from {url}: {problem}.",
    fix: "{fix} Check {url} with curl from this machine, and the server's log.",
  },
  answer_redirected: {
    severity: "error",
    message: "{url} redirects to {location}. Keys are taken from no other origin than the configured one.",
    fix: "If {location} is the issuer's real address, configure that as the issuer. If not, something in between answers for {url}.",
  },
  answer_redirects_in_circles: {
    severity: "error",
    message: "{url} redirects more often than three times.",
    fix: "Let the issuer answer at {url} itself.",
  },
  answer_html: {
    severity: "error",
    message:
      "{url} answers with a web page instead of JSON: a login page of the network (captive portal), a proxy's error page, or a web application.",
    fix: "Open {url} in a browser. If it shows JSON there, something between this machine and the issuer answers in its place.",
  },
  answer_not_json: {
    severity: "error",
    message: "{url} answers with something that is not JSON.",
    fix: "Check what `curl {url}` prints: it must be {what}.",
  },
  answer_oversize: {
    severity: "error",
    message: "{url} answers with more than 512 KiB, which is more than Gatewarden reads.",
    fix: "Check that {url} is the right address. Documents of issuers are a few KiB long.",
  },
  answer_denied: {
    severity: "error",
    message: "{url} answers with status {status}: it denies access to this machine.",
    fix: "{what} is public by definition. Let the gateway or firewall in front of {url} pass it without credentials.",
  },
  answer_not_acceptable: {
    severity: "error",
    message: "{url} answers with status 406: it has nothing of the media types that it was asked for.",
    fix: "Gatewarden accepts every media type there. See what in front of {url}, such as a gateway, changes or judges the request's Accept header.",
  },
  answer_too_many: {
    severity: "error",
    message: "{url} answers with status 429: it was asked too often from this address.",
    fix: "Wait, then try again. Share one guard per process, so that {url} is asked once and not per request.",
  },
  answer_server_error: {
    severity: "error",
    message: "{url} answers with status {status}: the issuer is broken or overloaded.",
    fix: "Look at the issuer's log and status page. Running APIs go on with the keys they have while {url} fails.",
  },
  answer_status: {
    severity: "error",
    message: "{url} answers with status {status}.",
    fix: "Check with `curl -i {url}` why it is not 200.",
  },
  discovery_not_found: {
    severity: "error",
    message:
      "There is a server at {host}, but no metadata document for the issuer {issuer} (status {status} at {url}).",
    fix: "{hint} Then {url} must answer.",
  },
  discovery_elsewhere: {
    severity: "error",
    message:
      "There is no metadata document for the issuer {issuer} (status {status} at {url}), but {host} has one for {found}.",
    fix: "If that is your issuer, set {setting}",
  },
  discovery_keycloak: {
    severity: "error",
    message: "{host} is a Keycloak, but {issuer} names none of its realms (status {status} at {url}).",
    fix: "Set {setting}, with the name of your realm in its exact spelling.",
  },
  // https://learn.microsoft.com/entra/identity-platform/access-tokens#validate-the-issuer
  issuer_every_tenant: {
    severity: "error",
    message:
      "{expected} issues no tokens: its metadata are for every tenant, and each token names the one of its user.",
    fix: "In place of {expected}, list the tenants that may come in: pass them as `tenants` to `entra` of `gatewarden/providers`, or look them up with `isTenantAllowed`.",
  },
  issuer_mismatch: {
    severity: "error",
    message: "The issuer calls itself {actual}, but {expected} is configured: {difference}. No token would match.",
    fix: "If that is your issuer, set {setting}",
  },
  issuer_absent: {
    severity: "error",
    message: "The document at {url} names no issuer: it is not a metadata document (RFC 8414 §2).",
    fix: "Check what `curl {url}` prints, and the issuer in {option}.",
  },
  jwks_uri_absent: {
    severity: "error",
    message: "The metadata at {url} names no jwks_uri, so there is nowhere to get keys from.",
    fix: "Let the issuer publish jwks_uri in {url}, or give createGuard its address as `keys: jwksUri`.",
  },
  jwks_uri_insecure: {
    severity: "error",
    message:
      "The metadata's jwks_uri is {actual}, which is not an https URL: anyone on the network path could replace the keys.",
    fix: "Let the issuer name an https address in place of {actual}. Behind a proxy, tell it its public URL (Keycloak: KC_HOSTNAME). Within a network of your own, list its host in the guard's `insecureHttpHosts`.",
  },
  jwks_other_origin: {
    severity: "info",
    message: "The keys are at {actual}, another origin than the issuer's ({expected}). Some providers do so.",
    fix: "Nothing to do, if {actual} belongs to your provider.",
  },
  metadata_refused: {
    severity: "error",
    message: "The metadata cannot be used: {problem}.",
    fix: "Compare the document with the issuer that is configured in {option}.",
  },
  jwks_not_found: {
    severity: "error",
    message: "The metadata says that the keys are at {url}, but nothing is there (status {status}).",
    fix: "Let the issuer publish its keys at {url}, or correct its jwks_uri.",
  },
  jwks_malformed: {
    severity: "error",
    message: '{url} is not a key set: it has no "keys" array (RFC 7517 §5).',
    fix: "Check what `curl {url}` prints.",
  },
  jwks_empty: {
    severity: "error",
    message: "The key set at {url} is empty.",
    fix: "Let the issuer publish a signing key at {url}. A new tenant may need a moment.",
  },
  jwks_too_many: {
    severity: "error",
    message: "The key set at {url} has {count} keys, more than Gatewarden takes (2,000).",
    fix: "Let the issuer remove old keys from {url}.",
  },
  jwks_unusable: {
    severity: "error",
    message: "None of the {count} keys at {url} can verify a token.",
    fix: "Let the issuer publish an RS256 or ES256 signing key at {url}. What is wrong with each key is said above.",
  },
  key_private: {
    severity: "error",
    message: "Key {key} {problem}: anyone who reads {url} can forge tokens. Gatewarden does not use it.",
    fix: "Take key {key} out of use at once, make a new one, and publish only its public members.",
  },
  key_not_for_signatures: {
    severity: "info",
    message: "Key {key} {problem}, so it verifies no tokens. Providers publish such keys for encryption.",
    fix: "Nothing to do, unless tokens name the key {key}.",
  },
  key_unusable: {
    severity: "warning",
    message: "Key {key} {problem}, so Gatewarden does not use it.",
    fix: "If tokens are signed with key {key}, let the issuer replace it. RSA keys of 2048 bits and P-256 keys are right.",
  },
  key_without_id: {
    severity: "warning",
    message:
      "{count} of several keys have no kid: a token that names none is tried with up to four keys, and refused if more fit.",
    fix: "Let the issuer give each of the {count} keys a kid of its own.",
  },
  key_id_shared: {
    severity: "warning",
    message: "Different keys share the kid {key}: if more than one of them fits a token, the token is refused.",
    fix: "Let the issuer give each key a kid of its own in place of {key}.",
  },
  key_certificate_expired: {
    severity: "info",
    message: "The certificate (x5c) of key {key} expired on {date}. Keys are used without it, so nothing breaks.",
    fix: "Nothing to do for Gatewarden. Others may refuse key {key}: renew its certificate.",
  },
  keys_without_rs256: {
    severity: "info",
    message: "No key verifies RS256, only {algorithms}.",
    fix: "Nothing to do, if tokens are signed with {algorithms}. At Auth0, choose RS256 in the API's settings.",
  },
  audience_client_id: {
    severity: "warning",
    message: 'The audience "{actual}" looks like the client id of an application. Only ID tokens are for applications.',
    fix: 'Use the identifier of the API (Auth0: Applications → APIs) in place of "{actual}".',
  },
  audience_userinfo: {
    severity: "error",
    message:
      'The audience "{actual}" is the issuer\'s own userinfo endpoint: tokens for any API carry it, so all of them would be accepted.',
    fix: 'Use the identifier of your own API in place of "{actual}".',
  },
  audience_issuer: {
    severity: "warning",
    message: 'The audience "{actual}" is the issuer itself, or an API of its own.',
    fix: 'Create an API at the provider, and use its identifier in place of "{actual}".',
  },
  audience_everybody: {
    severity: "warning",
    message: 'The audience "{actual}" is in the tokens of every application of the realm.',
    fix: 'Add an audience mapper for your API in Keycloak, and use its audience in place of "{actual}".',
  },
  audience_example: {
    severity: "warning",
    message: 'The audience "{actual}" looks like one from documentation.',
    fix: 'Use the identifier that the API has at the provider in place of "{actual}".',
  },
  audience_list: {
    severity: "warning",
    message: 'The audience "{actual}" looks like a list, but is compared as one text.',
    fix: 'Give one identifier in place of "{actual}". Several go into code: `audience: ["a", "b"]`.',
  },
  audience_slash: {
    severity: "info",
    message: 'The audience "{actual}" ends in a slash. It is compared exactly: "{other}" is another audience.',
    fix: 'Check that the identifier at the provider ends in a slash too. If not, use "{other}".',
  },
  audience_environment: {
    severity: "warning",
    message: 'The audience "{actual}" belongs to {one}, while {against} belongs to {two}.',
    fix: 'Use the audience of {two} in place of "{actual}", or the issuer of {one}.',
  },
  clock_behind: {
    severity: "error",
    message:
      "This machine's clock is {drift} s behind the issuer's (± {error} s), more than the tolerance of {tolerance} s: new tokens would be refused as issued_in_future.",
    fix: "Synchronise this machine's clock (`timedatectl set-ntp true`). It must go forward by {drift} s.",
  },
  clock_ahead: {
    severity: "error",
    message:
      "This machine's clock is {drift} s ahead of the issuer's (± {error} s), more than the tolerance of {tolerance} s: tokens would be refused as expired too early.",
    fix: "Synchronise this machine's clock (`timedatectl set-ntp true`). It must go back by {drift} s.",
  },
  clock_drifting: {
    severity: "warning",
    message:
      "This machine's clock differs from the issuer's by {drift} s (± {error} s); the tolerance is {tolerance} s.",
    fix: "Synchronise this machine's clock before {drift} s become more (`timedatectl set-ntp true`).",
  },
  clock_unknown: {
    severity: "info",
    message: "The issuer's answers have no usable Date header, so the clocks could not be compared.",
    fix: "Compare this machine's clock, which says {now}, with another one.",
  },
} as const;
