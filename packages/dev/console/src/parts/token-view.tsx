// A token as people read it: header, claims and signature, with notes and findings in their places.
import type { ComponentChildren } from "preact";
import type { Finding } from "../client.js";
import { locateMember } from "../locate.js";
import { decodeToken, toMoment, toPlace, toTimeNote } from "../token.js";
import { Chip, Code } from "./basics.js";
import { ReasonName } from "./reason.js";
import { Breakable, splitPlace, toMarked, Value } from "./text.js";

interface TokenViewProps {
  readonly token: string;
  readonly findings?: readonly Finding[];
}

type Members = Readonly<Record<string, unknown>>;

export function TokenView({ token, findings = [] }: TokenViewProps) {
  const decoded = decodeToken(token);
  if (decoded === undefined) return <p class="soft">An opaque token: it says nothing that could be read here.</p>;
  const { claims, header } = decoded;
  const also = toAbsent(findings, { ...header, ...claims });
  const hasSignature = findings.some((finding) => toPlace(finding) === "signature");
  return (
    <div class="token">
      <RawToken token={token} places={toWrongPlaces(findings)} />
      <div class="halves">
        <Part title="Header" members={header} findings={findings} />
        {hasSignature && <Part title="Signature" members={{}} findings={findings} also={["signature"]} />}
      </div>
      <Part title="Claims" members={sortClaims(claims)} findings={findings} also={also} />
    </div>
  );
}

const partNames = ["header", "claims", "signature"] as const;

/** The three parts in their own shades, and within them the characters that findings are about. */
function RawToken({ token, places }: { readonly token: string; readonly places: readonly string[] }) {
  const parts = token.split(".").slice(0, 3);
  return (
    <div class={places.length > 0 ? "raw whole" : "raw"}>
      <Code label="Token, in three parts">
        {parts.map((part, index) => {
          const name = partNames[index] ?? "";
          return (
            <span key={name}>
              {index > 0 && "."}
              <span class={`part ${name}`}>
                {name === "signature" && places.includes(name) ? <mark>{part}</mark> : markPlaces(part, places)}
              </span>
            </span>
          );
        })}
      </Code>
    </div>
  );
}

function markPlaces(part: string, places: readonly string[]): ComponentChildren {
  const found = places.map((place) => locateMember(part, place)).filter((range) => range !== undefined);
  const marks: ComponentChildren[] = [];
  let done = 0;
  for (const { from, to } of found.sort((one, other) => one.from - other.from)) {
    const begin = Math.max(from, done);
    if (to <= begin) continue;
    marks.push(part.slice(done, begin), <mark key={begin}>{part.slice(begin, to)}</mark>);
    done = to;
  }
  return [...marks, part.slice(done)];
}

/** The members that errors are about. */
function toWrongPlaces(findings: readonly Finding[]): readonly string[] {
  const errors = findings.filter(({ severity }) => severity === "error");
  return [...new Set(errors.map(toPlace))].filter((place) => place !== undefined);
}

/** Who, for whom, until when, and what it allows: first. */
const first = ["iss", "sub", "aud", "client_id", "azp", "exp", "iat", "nbf", "permissions", "scope", "org_id"];

function sortClaims(claims: Members): Members {
  const known = first.filter((name) => Object.hasOwn(claims, name)).map((name) => [name, claims[name]] as const);
  const rest = Object.entries(claims).filter(([name]) => !first.includes(name));
  return Object.fromEntries([...known, ...rest]);
}

/** Members that a finding misses in the token. */
function toAbsent(findings: readonly Finding[], present: Members): readonly string[] {
  const places = findings.map(toPlace).filter((place) => place !== undefined);
  return [...new Set(places)].filter((place) => !Object.hasOwn(present, place) && place !== "signature");
}

interface PartProps {
  readonly title: string;
  readonly members: Members;
  readonly findings: readonly Finding[];
  readonly also?: readonly string[];
}

function Part({ also = [], findings, members, title }: PartProps) {
  const rows = [...Object.entries(members), ...also.map((name) => [name, undefined] as const)];
  return (
    <section class={`half ${title.toLowerCase()}`} aria-label={title}>
      <h3>{title}</h3>
      <dl class="members">
        {rows.map(([name, value]) => {
          const own = findings.filter((finding) => toPlace(finding) === name);
          return (
            <div key={name} class={own.some(({ severity }) => severity === "error") ? "wrong" : ""}>
              <dt>
                <Breakable text={name} />
              </dt>
              <dd>
                <Member name={name} value={value} />
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

function Member({ name, value }: { readonly name: string; readonly value: unknown }) {
  if (value === undefined) return name === "signature" ? null : <Chip tone="bad">absent</Chip>;
  const moment = toMoment(name, value);
  return (
    <>
      <Value value={value} />
      {moment !== undefined && (
        <small>
          {" "}
          {moment} · {toTimeNote(name, value)}
        </small>
      )}
    </>
  );
}

export function FindingView({ finding }: { readonly finding: Finding }) {
  const { actual, code, expected, fix, message, severity } = finding;
  return (
    <div class={`finding ${severity}`}>
      <p>
        <span class="name">
          <ReasonName code={code} />
        </span>{" "}
        {toMarked(splitPlace(message).sentence)}
      </p>
      {(expected !== undefined || actual !== undefined) && (
        <dl class="compared">
          {expected !== undefined && (
            <div>
              <dt>Expected</dt>
              <dd>
                <Value value={expected} />
              </dd>
            </div>
          )}
          {actual !== undefined && (
            <div>
              <dt>Actual</dt>
              <dd>
                <Value value={actual} />
              </dd>
            </div>
          )}
        </dl>
      )}
      <p>
        <b>Fix:</b> {toMarked(fix)}
      </p>
    </div>
  );
}
