// The frame: navigation, the faults that are on, and the chosen screen.
import type { ComponentChild } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { call, loadTenant, type OnlineApi, type Tenant } from "./client.js";
import { useHash, useLoaded } from "./hooks.js";
import { type ApiDocument, loadDocument } from "./openapi.js";
import { Problem } from "./parts/basics.js";
import { Icon } from "./parts/icon.js";
import { ExplainScreen } from "./screens/explain.js";
import { FaultsScreen } from "./screens/faults.js";
import { KeysScreen } from "./screens/keys.js";
import { LiveScreen } from "./screens/live.js";
import { MintScreen } from "./screens/mint.js";
import { PeopleScreen } from "./screens/people.js";
import { SessionsScreen } from "./screens/sessions.js";
import { TryScreen } from "./screens/try.js";

/** An API that is online, with its document if it could be read. */
export interface KnownApi extends OnlineApi {
  readonly document: ApiDocument | undefined;
  readonly problem: string | undefined;
}

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
  { path: "", name: "Try the API", icon: "try", render: (props) => <TryScreen {...props} /> },
  { path: "token", name: "Get a token", icon: "token", render: (props) => <MintScreen {...props} /> },
  { path: "explain", name: "Explain", icon: "explain", render: (props) => <ExplainScreen {...props} /> },
  { path: "faults", name: "Faults", icon: "faults", render: (props) => <FaultsScreen {...props} /> },
  { path: "keys", name: "Keys", icon: "keys", render: (props) => <KeysScreen {...props} /> },
  { path: "live", name: "Live", icon: "live", render: (props) => <LiveScreen {...props} /> },
  { path: "sessions", name: "Sessions", icon: "sessions", render: (props) => <SessionsScreen {...props} /> },
  { path: "people", name: "People", icon: "people", render: (props) => <PeopleScreen {...props} /> },
];

async function loadAll(): Promise<Pick<ScreenProps, "tenant" | "apis">> {
  const [tenant, online] = await Promise.all([loadTenant(), call<{ apis: OnlineApi[] }>("GET", "/dev/apis")]);
  return { tenant, apis: await Promise.all(online.apis.map(loadKnown)) };
}

async function loadKnown(api: OnlineApi): Promise<KnownApi> {
  try {
    return { ...api, document: await loadDocument(api), problem: undefined };
  } catch (error) {
    return { ...api, document: undefined, problem: error instanceof Error ? error.message : undefined };
  }
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
    document.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
    // A screen reader then begins with the new screen.
    main.current?.querySelector("h1")?.focus();
    scrollTo(0, 0);
  }, [hash]);
  return (
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
        <p class="place">
          Local tenant
          <code>{value?.tenant.issuer.replace(/\/$/, "")}</code>
        </p>
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        {value && <FaultBar tenant={value.tenant} reload={reload} />}
        {problem && <Problem>{problem}</Problem>}
        {value && current?.render({ ...value, reload })}
      </main>
    </div>
  );
}

/** Without this, a fault that was forgotten looks like a bug of the API. */
function FaultBar({ tenant: { faults }, reload }: Pick<ScreenProps, "tenant" | "reload">) {
  if (faults.length === 0) return null;
  const reset = async () => {
    await call("DELETE", "/dev/faults");
    await reload();
  };
  return (
    <div class="faultbar" role="status">
      <span>
        {faults.length === 1 ? "A fault is on: " : "Faults are on: "}
        {faults.map(({ name }) => (
          <code key={name}>{name}</code>
        ))}
      </span>
      <button type="button" class="quiet" onClick={reset}>
        Switch off
      </button>
    </div>
  );
}
