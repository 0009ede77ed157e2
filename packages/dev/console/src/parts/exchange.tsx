// One request and its answer: what was sent, what came back, the challenge, and why.
import type { ComponentChildren } from "preact";
import type { Answer, TryRequest } from "../client.js";
import { toSnippet } from "../snippets.js";
import { shorten } from "../token.js";
import { Chip, Code, CopyButton, Status } from "./basics.js";

export interface Exchange {
  /** Who asks, in words: "Alice Adams", "without a token". */
  readonly who: string;
  /** The status that the click promised, if it promised one. */
  readonly expected: number | undefined;
  readonly request: TryRequest;
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

export function ExchangeView({ exchange, children }: { exchange: Exchange; children?: ComponentChildren }) {
  const { answer, reason, request, who } = exchange;
  const challenges = readChallenges(answer);
  return (
    <div class="exchange">
      <div class="verdict" role="status">
        <Status code={answer.status} />
        <strong>{toVerdict(answer.status, who)}</strong>
        {reason?.code && <code>{reason.code}</code>}
        <span class="soft">{answer.milliseconds} ms</span>
        {exchange.expected !== undefined && exchange.expected !== answer.status && (
          <Chip tone="warn">the document promised {exchange.expected}</Chip>
        )}
      </div>
      {reason && <Why reason={reason} />}
      {children}
      <div class="pair">
        <div>
          <div class="bar">
            <p class="title">Request</p>
            <CopyButton text={toSnippet("curl", request)} label="Copy as curl" />
          </div>
          <Code label="Request" text={toRequestText(request)} />
        </div>
        <div>
          <div class="bar">
            <p class="title">Response</p>
          </div>
          <Code label="Response" text={toResponseText(answer)} />
        </div>
      </div>
      {challenges.length > 0 && (
        <div class="challenge">
          <p class="title">Challenge</p>
          <p class="soft">What the API asks of the client, in the header WWW-Authenticate.</p>
          {challenges.map((challenge) => (
            <Challenge key={challenge.text} {...challenge} />
          ))}
        </div>
      )}
    </div>
  );
}

function Why({ reason }: { readonly reason: Reason }) {
  if (reason.cause === undefined && reason.fix === undefined) return null;
  return (
    <dl class="why">
      {reason.cause && (
        <div>
          <dt>Cause</dt>
          <dd>{toMarked(reason.cause)}</dd>
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
            <code>{toText(reason.expected)}</code>
          </dd>
        </div>
      )}
      {reason.actual !== undefined && (
        <div>
          <dt>Actual</dt>
          <dd>
            <code>{toText(reason.actual)}</code>
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
  if (status === 401) return `Not let in ${who}`;
  if (status === 403) return `Not allowed ${who}`;
  return status < 500 ? `Refused ${who}` : `The API failed ${who}`;
}

function toRequestText({ body, headers, method, url }: TryRequest): string {
  const { host, pathname, search } = new URL(url);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${shortenCredentials(value)}`);
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

export function toText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Text with `code` in backticks. */
export function toMarked(text: string): ComponentChildren {
  return text.split(/`([^`]+)`/).map((part, index) => (index % 2 === 1 ? <code key={`${index}`}>{part}</code> : part));
}
