// A new application, or other permissions of one.
import { useState } from "preact/hooks";
import type { Client } from "../client.js";
import { Problem } from "./basics.js";
import { Select, TextField } from "./fields.js";
import { Permissions } from "./permissions.js";
import { FormButtons, type FormProps } from "./persona-form.js";

const kinds = [
  { value: "public", label: "a page or an app" },
  { value: "machine", label: "a machine" },
];
const hints: Readonly<Record<string, string>> = {
  public: "People log in there. It keeps no secret.",
  machine: "It asks for itself, with a secret.",
};

export function ClientForm({ client, known, onCancel, onSave, problem }: FormProps & { client?: Client }) {
  const [id, setId] = useState(client?.id ?? "");
  const [name, setName] = useState(client?.name ?? "");
  const [kind, setKind] = useState("public");
  const [secret, setSecret] = useState("");
  const [permissions, setPermissions] = useState<readonly string[]>(client?.permissions ?? []);
  const isMachine = client ? client.grants.includes("client_credentials") : kind === "machine";
  const save = (event: Event) => {
    event.preventDefault();
    onSave(id, {
      ...(name && { name }),
      ...(!client && kind === "machine" && { secret: secret || `${id}-secret` }),
      ...(isMachine && { permissions }),
    });
  };
  return (
    <form class="editor" aria-label={client ? `Edit ${client.name}` : "New application"} onSubmit={save}>
      {!client && <h3>New application</h3>}
      <div class="inputs">
        {!client && <TextField label="Client id" value={id} placeholder="shop" onInput={setId} />}
        <TextField label="Name" value={name} placeholder="Shop" onInput={setName} />
        {!client && <Select label="Kind" value={kind} options={kinds} hint={hints[kind] ?? ""} onChange={setKind} />}
        {!client && kind === "machine" && (
          <TextField label="Secret" value={secret} placeholder={`${id || "shop"}-secret`} onInput={setSecret} />
        )}
      </div>
      {isMachine && <Permissions legend="Permissions" known={known} chosen={permissions} onChange={setPermissions} />}
      {problem && <Problem>{problem}</Problem>}
      <FormButtons isReady={id !== ""} onCancel={onCancel} />
    </form>
  );
}
