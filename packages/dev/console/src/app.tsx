// The frame: navigation, the faults that are on, and the chosen screen.
import type { ComponentChild } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { call, loadTenant, type Tenant } from "./client.js";
import { useHash, useLoaded } from "./hooks.js";
import { type KnownApi, loadApis } from "./known-api.js";
import { Loading, Problem } from "./parts/basics.js";
import { CodeText, Documentation } from "./parts/code.js";
import { Icon } from "./parts/icon.js";
import { ResetButton } from "./parts/reset.js";
import { ExplainScreen } from "./screens/explain.js";
import { FaultsScreen } from "./screens/faults.js";
import { KeysScreen } from "./screens/keys.js";
import { LiveScreen } from "./screens/live.js";
import { MintScreen } from "./screens/mint.js";
import { PeopleScreen } from "./screens/people.js";
import { SessionsScreen } from "./screens/sessions.js";
import { TryScreen } from "./screens/try.js";

export interface ScreenProps {
  readonly tenant: Tenant;
  readonly apis: readonly KnownApi[];
  /** Loads the tenant and the APIs again after a change. */
  readonly reload: () => Promise<void>;
}

interface Entry {
  readonly path: string;
  readonly name: string;
  readonly icon: string;
  readonly render: (props: ScreenProps) => ComponentChild;
}

const screens: readonly Entry[] = [
  { path: "", name: "Try", icon: "try", render: (props) => <TryScreen {...props} /> },
  { path: "token", name: "Token", icon: "token", render: (props) => <MintScreen {...props} /> },
  { path: "explain", name: "Explain", icon: "explain", render: (props) => <ExplainScreen {...props} /> },
  { path: "faults", name: "Faults", icon: "faults", render: (props) => <FaultsScreen {...props} /> },
  { path: "keys", name: "Keys", icon: "keys", render: (props) => <KeysScreen {...props} /> },
  { path: "live", name: "Live", icon: "live", render: (props) => <LiveScreen {...props} /> },
  { path: "sessions", name: "Sessions", icon: "sessions", render: (props) => <SessionsScreen {...props} /> },
  { path: "people", name: "People", icon: "people", render: (props) => <PeopleScreen {...props} /> },
];

async function loadAll(): Promise<Pick<ScreenProps, "tenant" | "apis">> {
  const [tenant, apis] = await Promise.all([loadTenant(), loadApis()]);
  return { tenant, apis };
}

export function App() {
  const { problem, reload, value } = useLoaded(loadAll);
  const hash = useHash();
  const current = screens.find(({ path }) => path === hash) ?? screens[0];
  const main = useRef<HTMLElement>(null);
  const shown = useRef(hash);
  useEffect(() => {
    document.title = `${current?.name ?? "Console"} · Gatewarden`;
    if (shown.current === hash) return;
    shown.current = hash;
    // A screen reader then begins with the new screen.
    main.current?.querySelector("h1")?.focus();
    scrollTo(0, 0);
  }, [hash]);
  return (
    <Documentation.Provider value={value?.tenant.documentation ?? undefined}>
      <div class="frame">
        <button type="button" class="skip" onClick={() => main.current?.focus()}>
          Skip to the content
        </button>
        <header class="side">
          <a class="mark" href="#/">
            <Icon name="mark" />
            <span>
              Gatewarden <b>console</b>
            </span>
          </a>
          <nav aria-label="Screens">
            {screens.map(({ icon, name, path }) => (
              <a key={path} href={`#/${path}`} {...(path === current?.path && { "aria-current": "page" as const })}>
                <Icon name={icon} />
                {name}
              </a>
            ))}
          </nav>
          {value && <Place tenant={value.tenant} reload={reload} />}
        </header>
        <main id="main" ref={main} tabIndex={-1}>
          {value && <FaultBar tenant={value.tenant} reload={reload} />}
          {problem && <Problem onRetry={reload}>{problem}</Problem>}
          {!value && !problem && <Loading lines={6} />}
          {value && current?.render({ ...value, reload })}
          {value && <Place tenant={value.tenant} reload={reload} />}
        </main>
      </div>
    </Documentation.Provider>
  );
}

/** Which tenant this is, and the way back to its beginning. One of two is shown, by the width. */
function Place({ reload, tenant }: Pick<ScreenProps, "tenant" | "reload">) {
  return (
    <div class="place">
      <span>Local tenant</span>
      <code>{tenant.issuer.replace(/\/$/, "")}</code>
      <ResetButton onDone={reload} />
    </div>
  );
}

/** Without this, a fault that was forgotten looks like a bug of the API. */
function FaultBar({ tenant: { faults }, reload }: Pick<ScreenProps, "tenant" | "reload">) {
  if (faults.length === 0) return null;
  const reset = async () => {
    await call("DELETE", "/dev/faults").catch(() => undefined);
    await reload();
  };
  return (
    <div class="faultbar" role="status">
      <span>
        {faults.length === 1 ? "The tenant has a fault on: " : "The tenant has faults on: "}
        {faults.map(({ name }) => (
          <span key={name} class="named">
            <CodeText code={name} kind="faults" />
          </span>
        ))}
      </span>
      <button type="button" class="quiet" onClick={reset}>
        {faults.length === 1 ? "Switch it off" : "Switch them off"}
      </button>
    </div>
  );
}
