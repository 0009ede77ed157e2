// A token as people read it: header, claims and signature, with notes and findings in their places.
import type { Finding } from "../client.js";
import { decodeToken, toPlace, toTimeNote } from "../token.js";
import { toMarked, toText } from "./exchange.js";

interface TokenViewProps {
  readonly token: string;
  readonly findings?: readonly Finding[];
}

export function TokenView({ token, findings = [] }: TokenViewProps) {
  const decoded = decodeToken(token);
  if (decoded === undefined) return <p class="soft">An opaque token: it says nothing that could be read here.</p>;
  const { claims, header } = decoded;
  return (
    <div class="token">
      <Part title="Header" members={header} findings={findings} />
      <Part
        title="Claims"
        members={sortClaims(claims)}
        findings={findings}
        also={toAbsent(findings, { ...header, ...claims })}
      />
      {findings.some(({ code }) => toPlace(code) === "signature") && (
        <Part title="Signature" members={{}} findings={findings} also={["signature"]} />
      )}
    </div>
  );
}

/** Who, for whom, until when, and what it allows: first. */
const first = ["iss", "sub", "aud", "client_id", "azp", "exp", "iat", "nbf", "permissions", "scope", "org_id"];

function sortClaims(claims: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const known = first.filter((name) => Object.hasOwn(claims, name)).map((name) => [name, claims[name]] as const);
  const rest = Object.entries(claims).filter(([name]) => !first.includes(name));
  return Object.fromEntries([...known, ...rest]);
}

/** Members that a finding misses in the token. */
function toAbsent(findings: readonly Finding[], present: Readonly<Record<string, unknown>>): readonly string[] {
  const places = findings.map(({ code }) => toPlace(code)).filter((place) => place !== undefined);
  return [...new Set(places)].filter((place) => !Object.hasOwn(present, place) && place !== "signature");
}

interface PartProps {
  readonly title: string;
  readonly members: Readonly<Record<string, unknown>>;
  readonly findings: readonly Finding[];
  readonly also?: readonly string[];
}

function Part({ also = [], findings, members, title }: PartProps) {
  const rows = [...Object.entries(members), ...also.map((name) => [name, undefined] as const)];
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      <dl class="members">
        {rows.map(([name, value]) => {
          const own = findings.filter(({ code }) => toPlace(code) === name);
          return (
            <div key={name} class={own.some(({ severity }) => severity === "error") ? "wrong" : ""}>
              <dt>{name}</dt>
              <dd>
                <code>{value === undefined ? toAbsentText(name) : toText(value)}</code>
                {toTimeNote(name, value) && <small> {toTimeNote(name, value)}</small>}
                {own.map((finding) => (
                  <FindingView key={finding.code} finding={finding} />
                ))}
              </dd>
            </div>
          );
        })}
      </dl>
    </section>
  );
}

function toAbsentText(name: string): string {
  return name === "signature" ? "…" : "(absent)";
}

export function FindingView({ finding }: { readonly finding: Finding }) {
  const { actual, code, expected, fix, message, severity } = finding;
  return (
    <div class={`finding ${severity}`}>
      <p>
        <code class="name">{code}</code> {toMarked(message)}
      </p>
      {expected !== undefined && (
        <p>
          Expected <code>{toText(expected)}</code>
          {actual !== undefined && (
            <>
              , actual <code>{toText(actual)}</code>
            </>
          )}
        </p>
      )}
      <p>
        <b>Fix:</b> {toMarked(fix)}
      </p>
    </div>
  );
}
