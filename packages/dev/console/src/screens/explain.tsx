// Paste a token, a curl line or a whole request: what is wrong with it, at its place in the token.
import { useState } from "preact/hooks";
import type { ScreenProps } from "../app.js";
import { explain, type Finding, mintToken, toMessage } from "../client.js";
import { listPermissions } from "../openapi.js";
import { Field, Problem, Screen, Select } from "../parts/basics.js";
import { FindingView, TokenView } from "../parts/token-view.js";
import { decodeToken, findToken, toPlace } from "../token.js";

interface Report {
  readonly text: string;
  readonly findings: readonly Finding[];
}

export function ExplainScreen({ apis, tenant }: ScreenProps) {
  const [text, setText] = useState("");
  const [audience, setAudience] = useState("");
  const [need, setNeed] = useState("");
  const [report, setReport] = useState<Report>();
  const [problem, setProblem] = useState<string>();
  const known = [
    ...new Set([
      ...apis.flatMap((api) => listPermissions(api.document)),
      ...tenant.apis.flatMap((api) => api.permissions),
    ]),
  ];
  const run = async (pasted: string) => {
    try {
      const options = { ...(audience && { audience }), ...(need && { permissions: [need] }) };
      const { findings } = await explain(pasted, options);
      setReport({ text: pasted, findings });
      setProblem(undefined);
    } catch (error) {
      setProblem(toMessage(error));
    }
  };
  const runExample = async () => {
    try {
      const { access_token } = await mintToken({ fault: "wrong-audience" });
      const example = `curl http://127.0.0.1:3000/api -H "Authorization: Bearer ${access_token}"`;
      setText(example);
      await run(example);
    } catch (error) {
      setProblem(toMessage(error));
    }
  };
  const lead =
    "Paste a token, a curl line or a whole request. Every finding stands at the member that it is about. Nothing is stored.";
  return (
    <Screen title="Explain" lead={lead}>
      <form
        class="card"
        onSubmit={(event) => {
          event.preventDefault();
          void run(text);
        }}
      >
        <Field label="Token, curl line or request">
          {(id) => (
            <textarea
              id={id}
              rows={6}
              value={text}
              spellcheck={false}
              autocomplete="off"
              placeholder={
                'eyJhbGciOi…\n\nor: curl https://… -H "Authorization: Bearer eyJ…"\n\nor: GET /api/private HTTP/1.1'
              }
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
            label="The route needs"
            value={need}
            options={[{ value: "", label: "any valid token" }, ...known.map((name) => ({ value: name, label: name }))]}
            onChange={setNeed}
          />
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

function ReportView({ report: { findings, text } }: { readonly report: Report }) {
  const token = findToken(text);
  const isReadable = token !== undefined && decodeToken(token) !== undefined;
  const errors = findings.filter(({ severity }) => severity === "error");
  const loose = findings.filter(({ code }) => !isReadable || toPlace(code) === undefined);
  return (
    <section class="card" aria-label="Findings">
      <div class="verdict" role="status">
        <span class={`status ${errors.length === 0 ? "good" : "bad"}`}>
          {errors.length === 0 ? "✓" : errors.length}
        </span>
        <h2>{toVerdict(errors.length)}</h2>
      </div>
      {loose.map((finding) => (
        <FindingView key={finding.code} finding={finding} />
      ))}
      {isReadable && <TokenView token={token} findings={findings} />}
    </section>
  );
}

function toVerdict(errors: number): string {
  if (errors === 0) return "The API would accept this";
  return errors === 1 ? "One thing is wrong" : `${errors} things are wrong`;
}
