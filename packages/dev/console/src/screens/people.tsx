// Personas and applications: create, and change what they may do.
import { useState } from "preact/hooks";
import type { ScreenProps } from "../app.js";
import { type Client, call, type Persona, toMessage } from "../client.js";
import { Chip, Problem, Screen, Select, TextField } from "../parts/basics.js";

export function PeopleScreen({ reload, tenant }: ScreenProps) {
  const [edited, setEdited] = useState<string>();
  const [problem, setProblem] = useState<string>();
  const known = [...new Set(tenant.apis.flatMap(({ permissions }) => permissions))];
  const save = async (path: string, body: unknown) => {
    try {
      await call("PUT", path, body);
      setProblem(undefined);
      setEdited(undefined);
      await reload();
    } catch (error) {
      setProblem(toMessage(error));
    }
  };
  const edit = (key: string) => {
    setProblem(undefined);
    setEdited(edited === key ? undefined : key);
  };
  const lead =
    "Who can log in here, and with which applications. A change holds until the tenant ends; what stays belongs into gatewarden.dev.json.";
  return (
    <Screen title="People and applications" lead={lead}>
      <div class="bar">
        <h2>Personas</h2>
        <span class="gap" />
        <button
          type="button"
          class="quiet"
          aria-expanded={edited === "new persona"}
          onClick={() => edit("new persona")}
        >
          New persona
        </button>
      </div>
      <ul class="people">
        {edited === "new persona" && (
          <li class="card">
            <PersonaForm
              known={known}
              problem={problem}
              onSave={(id, body) => save(`/dev/personas/${encodeURIComponent(id)}`, body)}
            />
          </li>
        )}
        {tenant.personas.map((persona) => (
          <li key={persona.id} class="card">
            <PersonaCard persona={persona} isOpen={edited === persona.id} onEdit={() => edit(persona.id)} />
            {edited === persona.id && (
              <PersonaForm
                persona={persona}
                known={known}
                problem={problem}
                onSave={(id, body) => save(`/dev/personas/${encodeURIComponent(id)}`, body)}
              />
            )}
          </li>
        ))}
      </ul>
      <div class="bar after">
        <h2>Applications</h2>
        <span class="gap" />
        <button type="button" class="quiet" aria-expanded={edited === "new client"} onClick={() => edit("new client")}>
          New application
        </button>
      </div>
      <ul class="people">
        {edited === "new client" && (
          <li class="card">
            <ClientForm problem={problem} onSave={(id, body) => save(`/dev/clients/${encodeURIComponent(id)}`, body)} />
          </li>
        )}
        {tenant.clients.map((client) => (
          <ClientCard key={client.id} client={client} />
        ))}
      </ul>
    </Screen>
  );
}

interface CardProps {
  readonly persona: Persona;
  readonly isOpen: boolean;
  readonly onEdit: () => void;
}

function PersonaCard({ isOpen, onEdit, persona: { email, id, name, organization, permissions, roles } }: CardProps) {
  return (
    <>
      <div class="bar">
        <span class="face" aria-hidden="true">
          {name.slice(0, 1)}
        </span>
        <div>
          <h3>{name}</h3>
          <p class="soft">
            <code>{id}</code>
            {email && ` · ${email}`}
          </p>
        </div>
        <span class="gap" />
        <button type="button" class="quiet" aria-expanded={isOpen} aria-label={`Edit ${name}`} onClick={onEdit}>
          Edit
        </button>
      </div>
      <p class="chips">
        {organization && <Chip>{organization}</Chip>}
        {roles.map((role) => (
          <Chip key={role} tone="good">
            {role}
          </Chip>
        ))}
        {permissions.map((permission) => (
          <Chip key={permission} tone="accent">
            {permission}
          </Chip>
        ))}
        {permissions.length === 0 && <Chip>no permissions</Chip>}
      </p>
    </>
  );
}

interface FormProps {
  readonly problem: string | undefined;
  readonly onSave: (id: string, body: unknown) => void;
}

function PersonaForm({ known, onSave, persona, problem }: FormProps & { persona?: Persona; known: readonly string[] }) {
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
  const toggle = (one: string) =>
    setPermissions(permissions.includes(one) ? permissions.filter((other) => other !== one) : [...permissions, one]);
  return (
    <form class="editor" aria-label={persona ? `Edit ${persona.name}` : "New persona"} onSubmit={save}>
      <div class="inputs">
        {!persona && <TextField label="Short name" value={id} placeholder="dora" onInput={setId} />}
        <TextField label="Name" value={name} placeholder="Dora Dean" onInput={setName} />
        <TextField label="E-mail" value={email} onInput={setEmail} />
        <TextField label="Organization" value={organization} onInput={setOrganization} />
        <TextField label="Roles" value={roles} onInput={setRoles} />
      </div>
      <fieldset>
        <legend>Permissions</legend>
        <div class="checks">
          {known.map((one) => (
            <label key={one}>
              <input type="checkbox" checked={permissions.includes(one)} onChange={() => toggle(one)} />
              <code>{one}</code>
            </label>
          ))}
        </div>
      </fieldset>
      {problem && <Problem>{problem}</Problem>}
      <button type="submit" class="action start" disabled={id === ""}>
        Save
      </button>
    </form>
  );
}

function ClientCard({ client: { confidential, grants, id, name } }: { readonly client: Client }) {
  return (
    <li class="card">
      <div>
        <h3>{name}</h3>
        <p class="soft">
          <code>{id}</code> · {confidential ? "keeps a secret" : "public"}
        </p>
      </div>
      <p class="chips">
        {grants.map((grant) => (
          <Chip key={grant}>{grant}</Chip>
        ))}
      </p>
    </li>
  );
}

const kinds = [
  { value: "public", label: "a page or an app, where people log in" },
  { value: "machine", label: "a machine, with a secret of its own" },
];

function ClientForm({ onSave, problem }: FormProps) {
  const [id, setId] = useState("");
  const [name, setName] = useState("");
  const [kind, setKind] = useState("public");
  const [secret, setSecret] = useState("");
  const save = (event: Event) => {
    event.preventDefault();
    onSave(id, { ...(name && { name }), ...(kind === "machine" && { secret: secret || `${id}-secret` }) });
  };
  return (
    <form class="editor" aria-label="New application" onSubmit={save}>
      <div class="inputs">
        <TextField label="Client id" value={id} placeholder="shop" onInput={setId} />
        <TextField label="Name" value={name} placeholder="Shop" onInput={setName} />
        <Select label="Kind" value={kind} options={kinds} onChange={setKind} />
        {kind === "machine" && (
          <TextField label="Secret" value={secret} placeholder={`${id || "shop"}-secret`} onInput={setSecret} />
        )}
      </div>
      {problem && <Problem>{problem}</Problem>}
      <button type="submit" class="action start" disabled={id === ""}>
        Save
      </button>
    </form>
  );
}
