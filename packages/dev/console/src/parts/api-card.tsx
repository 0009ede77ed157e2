// An API of the tenant with its settings, as in Auth0's dashboard.
import { useState } from "preact/hooks";
import { type Audience, call, toMessage } from "../client.js";
import { Chip, Problem } from "./basics.js";
import { Select, Switch } from "./fields.js";

interface ApiCardProps {
  readonly api: Audience;
  readonly algorithms: readonly string[];
  readonly onChanged: () => Promise<void>;
}

export function ApiCard({ algorithms, api, onChanged }: ApiCardProps) {
  const { audience, name, permissions, permissionsInAccessToken, rbac, signingAlgorithm } = api;
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const change = async (settings: Partial<Audience>) => {
    setBusy(true);
    try {
      await call("PUT", `/dev/audiences/${encodeURIComponent(audience)}`, settings);
      setProblem(undefined);
    } catch (error) {
      setProblem(toMessage(error));
    }
    await onChanged();
    setBusy(false);
  };
  return (
    <li class="card api-card">
      <div>
        <h3>{name}</h3>
        <p class="soft">
          <code>{audience}</code>
        </p>
      </div>
      <p class="chips">
        {permissions.map((permission) => (
          <Chip key={permission} tone="accent">
            {permission}
          </Chip>
        ))}
        {permissions.length === 0 && <Chip>defines no permissions</Chip>}
      </p>
      <div class="settings">
        <div>
          <Switch label="RBAC" isOn={rbac} isBusy={isBusy} onChange={(isOn) => change({ rbac: isOn })} />
          <small>On: a token gets only what its holder was given. Off: each scope that it asks for.</small>
        </div>
        <div>
          <Switch
            label="Permissions in the access token"
            isOn={permissionsInAccessToken}
            isBusy={isBusy || !rbac}
            onChange={(isOn) => change({ permissionsInAccessToken: isOn })}
          />
          <small>{toClaimNote(api)}</small>
        </div>
        <Select
          label="Signed with"
          value={signingAlgorithm}
          options={algorithms.map((one) => ({ value: one, label: one }))}
          onChange={(chosen) => change({ signingAlgorithm: chosen })}
        />
      </div>
      {problem && <Problem>{problem}</Problem>}
    </li>
  );
}

function toClaimNote({ permissionsInAccessToken, rbac }: Audience): string {
  if (!rbac) return "Needs RBAC.";
  if (permissionsInAccessToken) return "On: the claim permissions lists them.";
  return "Off: no such claim. A route that needs a permission answers 403.";
}
