// Certificate-bound tokens behind a proxy, as data. Only the certificate's hash matters, so any bytes will do for one.
import { createHash, randomBytes } from "node:crypto";
import { issue, plainOptions, requestWith } from "../../../../packages/gatewarden/test/support/senders.js";
import type { Case, Options, Part } from "./case.js";

const der = randomBytes(600);
const hash = createHash("sha256").update(der);
const thumbprint = hash.digest("base64url");
const hex = Buffer.from(thumbprint, "base64url").toString("hex");
const base64 = der.toString("base64");
const other = randomBytes(600).toString("base64");
const pem = (body: string) => `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`;
const nginx = (body: string) => encodeURIComponent(pem(body));

type Row = readonly [format: "nginx" | "envoy" | "rfc9440", value: string, expected: string];

const rows: readonly Row[] = [
  ["nginx", nginx(base64), "accepted"],
  ["nginx", nginx(other), "certificate_mismatch"],
  ["nginx", nginx(`${base64.slice(0, 4)} ${base64.slice(4)}`), "certificate_malformed"],
  ["nginx", nginx(`${base64}=`), "certificate_malformed"],
  ["nginx", nginx("AB=="), "certificate_malformed"],
  ["nginx", base64, "certificate_malformed"],
  ["nginx", "", "certificate_missing"],
  ["envoy", `Hash=${hex}`, "accepted"],
  ["envoy", `Hash=${hex.toUpperCase()};Cert="${nginx(base64)}"`, "accepted"],
  ["envoy", `Cert="${nginx(base64)}"`, "accepted"],
  ["envoy", `Hash=${"0".repeat(64)}`, "certificate_mismatch"],
  ["envoy", `Hash=${hex};Cert="${nginx(other)}"`, "certificate_malformed"],
  ["envoy", 'Subject="CN=a"', "certificate_malformed"],
  ["envoy", `Hash=${hex.slice(2)}`, "certificate_malformed"],
  ["rfc9440", `:${base64}:`, "accepted"],
  ["rfc9440", `:${other}:`, "certificate_mismatch"],
  ["rfc9440", ":AB==:", "certificate_malformed"],
  ["rfc9440", base64, "certificate_malformed"],
];

const header = "x-certificate";

/** One guard per format. */
export async function certificateCases(): Promise<Part> {
  const token = await issue({ cnf: { "x5t#S256": thumbprint } });
  const optionsFor = (format: Row[0]): Options => ({
    ...plainOptions(),
    trustProxy: true,
    mtls: { mode: "allowed", certificate: { format, header } },
  });
  const toCase = ([format, value, expected]: Row, index: number): Case => ({
    name: `certificate ${index} from ${format}`,
    guard: format,
    request: requestWith({ authorization: `Bearer ${token}`, [header]: value }),
    expected,
  });
  return {
    guards: Object.fromEntries((["nginx", "envoy", "rfc9440"] as const).map((format) => [format, optionsFor(format)])),
    cases: rows.map(toCase),
  };
}
