// One request and its answer: what was sent, what came back, the challenge, and why.
import type { ComponentChildren } from "preact";
import type { Answer, TryRequest } from "../client.js";
import { explainThere } from "../handoff.js";
import { languages, toSnippet } from "../snippets.js";
import { shorten } from "../token.js";
import { Chip, Code, CopyButton, Status } from "./basics.js";
import { CodeName } from "./code.js";
import { splitPlace, toMarked, Value } from "./text.js";

export interface Exchange {
  /** Who asks, in words: "Alice Adams", "without a token". */
  readonly who: string;
  /** The status that the click promised, if it promised one. */
  readonly expected: number | undefined;
  readonly request: TryRequest;
  /** The permissions that the route needs. */
  readonly needs: readonly string[];
  readonly answer: Answer;
  readonly reason: Reason | undefined;
}

/** Why a request was refused, as the API says or as `/dev/explain` found. */
export interface Reason {
  readonly code: string | undefined;
  readonly cause: string | undefined;
  readonly fix: string | undefined;
  readonly expected: unknown;
  readonly actual: unknown;
}

interface ExchangeProps {
  readonly exchange: Exchange;
  readonly children?: ComponentChildren;
  readonly onClose?: () => void;
}

export function ExchangeView({ exchange, children, onClose }: ExchangeProps) {
  const { answer, needs, reason, request } = exchange;
  const challenges = readChallenges(answer);
  return (
    <div class="exchange">
      <Verdict exchange={exchange} {...(onClose && { onClose })} />
      {reason && <Why reason={reason} />}
      {children}
      <div class="pair">
        <div>
          <p class="title">Request</p>
          <Code label="Request" text={toRequestText(request)} />
          <CopyAs request={request} />
          {request.headers["authorization"] !== undefined && (
            <button
              type="button"
              class="plain"
              onClick={() => explainThere({ text: toRequestText(request, false), needs })}
            >
              Take this token apart
            </button>
          )}
        </div>
        <div>
          <p class="title">Response</p>
          <Code label="Response" text={toResponseText(answer)} />
        </div>
      </div>
      {challenges.length > 0 && (
        <div class="challenge">
          <p class="title">Challenge: what the API asks of the client, in the header WWW-Authenticate</p>
          <div class="challenges">
            {challenges.map((challenge) => (
              <Challenge key={challenge.text} {...challenge} />
            ))}
          </div>
        </div>
      )}
    </div>
  );
}

function Verdict({ exchange: { answer, expected, reason, who }, onClose }: ExchangeProps) {
  const note = notes[answer.status] ?? (answer.status < 300 ? "let in" : undefined);
  return (
    <div class="verdict">
      <div class="verdict" role="status">
        <Status code={answer.status} />
        <strong>{toVerdict(answer.status, who)}</strong>
        {note && <span class="soft">{note}</span>}
      </div>
      <span class="gap" />
      {expected !== undefined && expected !== answer.status && (
        <Chip tone="warn">{toSurprise(expected, answer.status)}</Chip>
      )}
      <span class="facts">
        {reason?.code && <CodeName code={reason.code} />}
        <span class="soft">{answer.milliseconds} ms</span>
        {onClose && (
          <button type="button" class="plain" onClick={onClose}>
            Close
          </button>
        )}
      </span>
    </div>
  );
}

/** A document may not say all that a route needs, such as a fresh login. */
function toSurprise(expected: number, status: number): string {
  const needsMore = expected < 300 && (status === 401 || status === 403);
  return needsMore ? "the API needs more than its document says" : `by its document ${expected} was expected`;
}

/** What the status says, for those who do not know the numbers. */
const notes: Readonly<Record<number, string>> = {
  401: "no valid token",
  403: "a valid token, but it may not do this",
  503: "the API cannot decide at present",
};

/** The same request for a terminal or a program. */
export function CopyAs({ request }: { readonly request: TryRequest }) {
  return (
    <div class="copies">
      <span class="title">Copy as</span>
      {languages.map((language) => (
        <CopyButton key={language} text={toSnippet(language, request)} label={language} said={`Copy as ${language}`} />
      ))}
    </div>
  );
}

export function Why({ reason }: { readonly reason: Reason }) {
  if (reason.cause === undefined && reason.fix === undefined) return null;
  const { place, problem, sentence } = splitPlace(reason.cause ?? "");
  return (
    <dl class="why">
      {sentence && (
        <div>
          <dt>Cause</dt>
          <dd>
            {toMarked(sentence)}
            {place && (
              <>
                {" "}
                <Chip>{problem ? `${place} ${problem}` : `at ${place}`}</Chip>
              </>
            )}
          </dd>
        </div>
      )}
      {reason.fix && (
        <div>
          <dt>Fix</dt>
          <dd>{toMarked(reason.fix)}</dd>
        </div>
      )}
      {reason.expected !== undefined && (
        <div>
          <dt>Expected</dt>
          <dd>
            <Value value={reason.expected} />
          </dd>
        </div>
      )}
      {reason.actual !== undefined && (
        <div>
          <dt>Actual</dt>
          <dd>
            <Value value={reason.actual} />
          </dd>
        </div>
      )}
    </dl>
  );
}

interface ChallengeParts {
  readonly text: string;
  readonly scheme: string;
  readonly parameters: readonly (readonly [string, string])[];
}

function Challenge({ scheme, parameters }: ChallengeParts) {
  return (
    <div class="params">
      <Chip tone="strong">{scheme}</Chip>
      <dl>
        {parameters.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

/** The parameters of the challenges (RFC 9110 §11.6.1); several may share one header. */
export function readChallenges({ headers }: Answer): readonly ChallengeParts[] {
  const lines = headers.filter(([name]) => name.toLowerCase() === "www-authenticate").map(([, value]) => value);
  return lines
    .flatMap((line) => line.split(/,\s*(?=[A-Za-z][\w-]*\s+[\w-]+=)/))
    .map((text) => {
      const parameters = [...text.matchAll(/([\w-]+)=(?:"((?:\\.|[^"\\])*)"|([^\s,]+))/g)];
      const scheme = /^\S+/.exec(text)?.[0] ?? "";
      return {
        text,
        scheme,
        parameters: parameters.map(([, name = "", quoted, plain]) => [name, quoted ?? plain ?? ""] as const),
      };
    });
}

function toVerdict(status: number, who: string): string {
  if (status < 300) return `Accepted ${who}`;
  if (status < 400) return `Sent elsewhere ${who}`;
  return status < 500 ? `Refused ${who}` : `Failed ${who}`;
}

function toRequestText({ body, headers, method, url }: TryRequest, isShort = true): string {
  const { host, pathname, search } = new URL(url);
  const lines = Object.entries(headers).map(
    ([name, value]) => `${name}: ${isShort ? shortenCredentials(value) : value}`,
  );
  return [`${method} ${pathname}${search} HTTP/1.1`, `host: ${host}`, ...lines, ...(body ? ["", body] : [])].join("\n");
}

function shortenCredentials(value: string): string {
  return value.replace(
    /^(Bearer|DPoP) (\S+)$/i,
    (_all, scheme: string, token: string) => `${scheme} ${shorten(token)}`,
  );
}

const dull = new Set(["date", "connection", "keep-alive", "vary", "access-control-expose-headers", "content-length"]);

function toResponseText({ body, headers, status, statusText }: Answer): string {
  const lines = headers.filter(([name]) => !dull.has(name)).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status} ${statusText}`, ...lines, "", toPretty(body)].join("\n");
}

export function toPretty(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body.length > 4000 ? `${body.slice(0, 4000)}…` : body;
  }
}
