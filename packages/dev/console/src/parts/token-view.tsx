// A token as people read it: header, claims and signature, with notes and findings in their places.
import type { FindingPlace, TokenPart } from "../../../../gatewarden/src/cli/token-places.js";
import type { Finding } from "../client.js";
import { cutToken } from "../locate.js";
import { decodeToken, placeFinding, toMoment, toTimeNote } from "../token.js";
import { Chip, Code } from "./basics.js";
import { CodeName } from "./code.js";
import { Breakable, splitPlace, toMarked, Value } from "./text.js";

interface TokenViewProps {
  readonly token: string;
  readonly findings?: readonly Finding[];
}

type Members = Readonly<Record<string, unknown>>;

const partNames: readonly TokenPart[] = ["header", "payload", "signature"];
const titles: Readonly<Record<TokenPart, string>> = { header: "Header", payload: "Claims", signature: "Signature" };

interface Placed {
  readonly finding: Finding;
  readonly place: FindingPlace;
}

export function TokenView({ token, findings = [] }: TokenViewProps) {
  const decoded = decodeToken(token);
  if (decoded === undefined) return <p class="soft">An opaque token: it says nothing that could be read here.</p>;
  const placed = findings.flatMap((finding): Placed[] => {
    const place = placeFinding(finding, decoded);
    return place === undefined ? [] : [{ finding, place }];
  });
  const isSignatureWrong = placed.some(({ place }) => place.part === "signature");
  return (
    <div class="token">
      <RawToken token={token} placed={placed} />
      <div class="halves">
        <Part part="header" members={decoded.header} placed={placed} />
        {isSignatureWrong && <Part part="signature" members={{}} placed={placed} />}
      </div>
      <Part part="payload" members={sortClaims(decoded.claims)} placed={placed} />
    </div>
  );
}

/** Whether a row of the view shows the findings of this place. */
export function hasRow(place: FindingPlace | undefined): boolean {
  return place !== undefined && (place.name !== undefined || place.part === "signature");
}

/** The three parts in their own shades, and within them the characters that errors are about. */
function RawToken({ token, placed }: { readonly token: string; readonly placed: readonly Placed[] }) {
  const places = placed.filter(({ finding }) => finding.severity === "error").map(({ place }) => place);
  return (
    <div class={places.length > 0 ? "raw whole" : "raw"}>
      <Code label="Token, in three parts">
        {cutToken(token, places).map((pieces, index) => (
          <span key={partNames[index]}>
            {index > 0 && "."}
            <span class={`part ${partNames[index]}`}>
              {pieces.map(({ isMarked, text }, at) =>
                isMarked ? <mark key={`${at}`}>{text}</mark> : <span key={`${at}`}>{text}</span>,
              )}
            </span>
          </span>
        ))}
      </Code>
    </div>
  );
}

/** Who, for whom, until when, and what it allows: first. */
const first = ["iss", "sub", "aud", "client_id", "azp", "exp", "iat", "nbf", "permissions", "scope", "org_id"];

function sortClaims(claims: Members): Members {
  const known = first.filter((name) => Object.hasOwn(claims, name)).map((name) => [name, claims[name]] as const);
  const rest = Object.entries(claims).filter(([name]) => !first.includes(name));
  return Object.fromEntries([...known, ...rest]);
}

interface PartProps {
  readonly part: TokenPart;
  readonly members: Members;
  readonly placed: readonly Placed[];
}

function Part({ members, part, placed }: PartProps) {
  const own = placed.filter(({ place }) => place.part === part);
  const missing = own.flatMap(({ place: { isMissing, name } }) => (isMissing && name !== undefined ? [name] : []));
  const rows = part === "signature" ? [part] : [...Object.keys(members), ...new Set(missing)];
  return (
    <section class={`half ${part}`} aria-label={titles[part]}>
      <h3>{titles[part]}</h3>
      <dl class="members">
        {rows.map((name) => {
          const found = own.filter(({ place }) => place.name === name || part === "signature");
          return (
            <div key={name} class={found.some(({ finding }) => finding.severity === "error") ? "wrong" : ""}>
              <dt>
                <Breakable text={name} />
              </dt>
              <dd>
                {part !== "signature" && <Member name={name} members={members} />}
                {found.map(({ finding }) => (
                  <FindingView key={finding.code + finding.message} finding={finding} />
                ))}
              </dd>
            </div>
          );
        })}
      </dl>
    </section>
  );
}

function Member({ name, members }: { readonly name: string; readonly members: Members }) {
  if (!Object.hasOwn(members, name)) return <Chip tone="bad">missing</Chip>;
  const value = members[name];
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
  const { place, problem, sentence } = splitPlace(message);
  return (
    <div class={`finding ${severity}`}>
      <p>
        <span class="name">
          <CodeName code={code} />
        </span>{" "}
        {toMarked(sentence)}{" "}
        {problem && (
          <>
            Here <code>{place}</code> {problem}.
          </>
        )}
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
