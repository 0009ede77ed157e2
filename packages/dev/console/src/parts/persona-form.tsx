// A new persona, or another name, role, organization or permission of one.
import { useState } from "preact/hooks";
import type { Persona } from "../client.js";
import { Problem } from "./basics.js";
import { TextField } from "./fields.js";
import { Permissions } from "./permissions.js";

export interface FormProps {
  readonly known: readonly string[];
  readonly problem: string | undefined;
  readonly onSave: (id: string, body: unknown) => void;
  readonly onCancel: () => void;
}

export function PersonaForm({ known, onCancel, onSave, persona, problem }: FormProps & { persona?: Persona }) {
  const [id, setId] = useState(persona?.id ?? "");
  const [name, setName] = useState(persona?.name ?? "");
  const [email, setEmail] = useState(persona?.email ?? "");
  const [organization, setOrganization] = useState(persona?.organization ?? "");
  const [roles, setRoles] = useState(persona?.roles.join(", ") ?? "");
  const [permissions, setPermissions] = useState<readonly string[]>(persona?.permissions ?? []);
  const save = (event: Event) => {
    event.preventDefault();
    onSave(id, {
      ...(name && { name }),
      ...(email && { email }),
      ...(organization && { organization }),
      roles: roles.split(/[\s,]+/).filter(Boolean),
      permissions,
    });
  };
  return (
    <form class="editor" aria-label={persona ? `Edit ${persona.name}` : "New persona"} onSubmit={save}>
      {!persona && <h3>New persona</h3>}
      <div class="inputs">
        {!persona && <TextField label="Short name" value={id} placeholder="dora" onInput={setId} />}
        <TextField label="Name" value={name} placeholder="Dora Dean" onInput={setName} />
        <TextField label="E-mail" value={email} placeholder="dora@acme.example" onInput={setEmail} />
        <TextField label="Organization" value={organization} placeholder="none" onInput={setOrganization} />
        <TextField label="Roles" value={roles} placeholder="none" onInput={setRoles} />
      </div>
      <Permissions legend="Permissions" known={known} chosen={permissions} onChange={setPermissions} />
      {problem && <Problem>{problem}</Problem>}
      <FormButtons isReady={id !== ""} onCancel={onCancel} />
    </form>
  );
}

export function FormButtons({ isReady, onCancel }: { readonly isReady: boolean; readonly onCancel: () => void }) {
  return (
    <div class="buttons">
      <button type="submit" class="action" disabled={!isReady}>
        Save
      </button>
      <button type="button" class="quiet tall" onClick={onCancel}>
        Cancel
      </button>
    </div>
  );
}
