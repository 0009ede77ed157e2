// Paste a token, a curl line or a whole request: what is wrong with it, at its place in the token,
// and whether it meets what a route needs.
import { useEffect, useState } from "preact/hooks";
import type { ScreenProps } from "../app.js";
import { explain, type Finding, mintToken, toMessage } from "../client.js";
import { takeHandoff } from "../handoff.js";
import { Problem, Screen } from "../parts/basics.js";
import { Field, Select, TextField } from "../parts/fields.js";
import { FindingView, hasRow, TokenView } from "../parts/token-view.js";
import { checkNeeds, listRequirements, parseNeeds } from "../requirement.js";
import { decodeToken, findToken, placeFinding } from "../token.js";

interface Report {
  readonly text: string;
  readonly needs: readonly string[];
  readonly findings: readonly Finding[];
}

/** Stands for permissions that are typed, and not those of a route. */
const typed = "(typed)";

const lead =
  "Paste a token, a curl line or a whole request. Each finding stands at the member that it is about. Nothing is stored.";
const placeholder =
  'eyJhbGciOi…\n\nor: curl https://… -H "Authorization: Bearer eyJ…"\n\nor: GET /api/private HTTP/1.1';

export function ExplainScreen({ apis, tenant }: ScreenProps) {
  const [handed] = useState(takeHandoff);
  const [text, setText] = useState(handed?.text ?? "");
  const [audience, setAudience] = useState("");
  const [chosen, setChosen] = useState(handed?.needs.length ? typed : "");
  const [names, setNames] = useState(handed?.needs.join(", ") ?? "");
  const [report, setReport] = useState<Report>();
  const [problem, setProblem] = useState<string>();
  const known = listRequirements(apis);
  const run = async (pasted: string, needs: readonly string[]) => {
    try {
      const options = { ...(audience && { audience }), ...(needs.length > 0 && { permissions: needs }) };
      const { findings } = await explain(pasted, options);
      setReport({ text: pasted, needs, findings });
      setProblem(undefined);
    } catch (error) {
      setReport(undefined);
      setProblem(toMessage(error));
    }
  };
  useEffect(() => {
    if (handed) void run(handed.text, handed.needs);
  }, []);
  const runExample = async () => {
    try {
      const { access_token } = await mintToken({ fault: "wrong-audience" });
      const example = `curl http://127.0.0.1:3000/api -H "Authorization: Bearer ${access_token}"`;
      setText(example);
      await run(example, needs);
    } catch (error) {
      setProblem(toMessage(error));
    }
  };
  const needs = chosen === typed ? parseNeeds(names) : (known.find(({ value }) => value === chosen)?.needs ?? []);
  const submit = (event: Event) => {
    event.preventDefault();
    void run(text, needs);
  };
  return (
    <Screen title="Explain" lead={lead}>
      <form class="card" onSubmit={submit}>
        <Field label="Token, curl line or request">
          {(id) => (
            <textarea
              id={id}
              rows={6}
              value={text}
              spellcheck={false}
              autocomplete="off"
              placeholder={placeholder}
              onInput={(event) => setText(event.currentTarget.value)}
            />
          )}
        </Field>
        <div class="inputs">
          <Select
            label="For the API"
            value={audience}
            options={[
              { value: "", label: "any API of this tenant" },
              ...tenant.apis.map((api) => ({ value: api.audience, label: api.name })),
            ]}
            onChange={setAudience}
          />
          <Select
            label="Against the requirement"
            value={chosen}
            options={[
              { value: "", label: "none: any valid token" },
              ...known,
              { value: typed, label: "permissions that I type" },
            ]}
            onChange={setChosen}
          />
          {chosen === typed && (
            <TextField label="Permissions" value={names} placeholder="read:admin, write:reports" onInput={setNames} />
          )}
        </div>
        <div class="buttons">
          <button type="submit" class="action" disabled={text.trim() === ""}>
            Explain
          </button>
          <button type="button" class="quiet" onClick={runExample}>
            Show me a wrong one
          </button>
        </div>
      </form>
      {problem && <Problem>{problem}</Problem>}
      {report && <ReportView report={report} />}
    </Screen>
  );
}

function ReportView({ report: { findings, needs, text } }: { readonly report: Report }) {
  const token = findToken(text);
  const decoded = token === undefined ? undefined : decodeToken(token);
  const isReadable = decoded !== undefined;
  const errors = findings.filter(({ severity }) => severity === "error");
  const loose = findings.filter((finding) => !decoded || !hasRow(placeFinding(finding, decoded)));
  return (
    <section class="card result" aria-label="Findings">
      <div class="verdict" role="status">
        <span class={`status ${errors.length === 0 ? "good" : "bad"}`}>
          {errors.length === 0 ? "✓" : errors.length}
        </span>
        <h2>{toVerdict(errors.length)}</h2>
      </div>
      {needs.length > 0 && <Requirement needs={needs} findings={findings} isReadable={isReadable} />}
      {loose.map((finding) => (
        <FindingView key={finding.code + finding.message} finding={finding} />
      ))}
      {token !== undefined && decoded && <TokenView token={token} findings={findings} />}
    </section>
  );
}

interface RequirementProps {
  readonly needs: readonly string[];
  readonly findings: readonly Finding[];
  readonly isReadable: boolean;
}

const marks = { yes: "has it", no: "lacks it", unknown: "cannot be determined" };

function Requirement({ findings, isReadable, needs }: RequirementProps) {
  return (
    <section class="requirement" aria-label="The requirement against the token">
      <p class="title">The requirement: the token…</p>
      <ul>
        {checkNeeds(needs, findings, isReadable).map(({ isMet, name }) => {
          const mark = isMet === undefined ? "unknown" : isMet ? "yes" : "no";
          const tone = { yes: "good", no: "bad", unknown: "" }[mark];
          return (
            <li key={name}>
              <span class={`status ${tone}`} aria-hidden="true">
                {{ yes: "✓", no: "✗", unknown: "?" }[mark]}
              </span>
              <code>{name}</code>
              <span class="soft">{marks[mark]}</span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function toVerdict(errors: number): string {
  if (errors === 0) return "The API would accept this";
  return errors === 1 ? "One thing is wrong" : `${errors} things are wrong`;
}
