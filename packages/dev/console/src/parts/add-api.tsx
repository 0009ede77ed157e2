// Adds an API to the first screen, or a route to an API that publishes no document.
import { useState } from "preact/hooks";
import type { ScreenProps } from "../app.js";
import { call, toMessage } from "../client.js";
import type { Route } from "../openapi.js";
import { parseNeeds } from "../requirement.js";
import { Code, CopyButton, Problem } from "./basics.js";
import { TextField } from "./fields.js";

interface AddApiProps extends Pick<ScreenProps, "reload" | "tenant"> {
  readonly isFirst: boolean;
}

export function AddApi({ isFirst, reload, tenant }: AddApiProps) {
  const [url, setUrl] = useState("http://127.0.0.1:3000");
  const [problem, setProblem] = useState<string>();
  const add = async (event: Event) => {
    event.preventDefault();
    try {
      await call("PUT", "/dev/apis", { url });
      setProblem(undefined);
      await reload();
    } catch (error) {
      setProblem(toMessage(error));
    }
  };
  const environment = `ISSUER_BASE_URL=${tenant.issuer}\nAUDIENCE=${tenant.apis[0]?.audience ?? ""}`;
  const form = (
    <form class="addapi" onSubmit={add}>
      <TextField label="Address of an API on this machine" value={url} onInput={setUrl} />
      <button type="submit" class={isFirst ? "action" : "quiet"}>
        Show its routes
      </button>
      {problem && <Problem>{problem}</Problem>}
    </form>
  );
  if (!isFirst) {
    return (
      <details class="more">
        <summary>Another API</summary>
        {form}
      </details>
    );
  }
  return (
    <section class="card empty">
      <h2>Which API?</h2>
      <p class="soft">
        Any API of this machine, in any language, that trusts this tenant. Start it with these in its environment, and
        give its address:
      </p>
      <Code label="Environment of the API" text={environment} />
      <div class="buttons">
        <CopyButton text={environment} label="Copy the environment" />
      </div>
      {form}
    </section>
  );
}

export function AddRoute({ onAdd }: { readonly onAdd: (route: Route) => void }) {
  const [path, setPath] = useState("/api/private");
  const [need, setNeed] = useState("");
  const add = (event: Event) => {
    event.preventDefault();
    onAdd({ method: "GET", path: path.startsWith("/") ? path : `/${path}`, summary: "", needs: parseNeeds(need) });
  };
  return (
    <form class="addapi" onSubmit={add}>
      <TextField label="Path" value={path} onInput={setPath} />
      <TextField label="Permissions that it needs" value={need} placeholder="none" onInput={setNeed} />
      <button type="submit" class="quiet">
        Add the route
      </button>
    </form>
  );
}
