// Personas, applications and APIs: create, and change what they may do.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { ScreenProps } from "../app.js";
import { type Client, call, type Persona, toMessage } from "../client.js";
import { useLoaded } from "../hooks.js";
import { ApiCard } from "../parts/api-card.js";
import { Chip, Screen } from "../parts/basics.js";
import { ClientForm } from "../parts/client-form.js";
import { type FormProps, PersonaForm } from "../parts/persona-form.js";
import { RemoveButton } from "../parts/remove.js";

const lead =
  "Who can log in here, with which applications, and for which APIs. A change holds until the tenant ends: what should stay goes into gatewarden.dev.json.";

export function PeopleScreen({ reload, tenant }: ScreenProps) {
  const [edited, setEdited] = useState<string>();
  const [problem, setProblem] = useState<string>();
  const keys = useLoaded(() => call<{ algorithms?: string[] }>("GET", "/dev/keys"));
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
  const toForm = (kind: string): FormProps => ({
    known: [...new Set(tenant.apis.flatMap(({ permissions }) => permissions))],
    problem,
    onSave: (id, body) => save(`/dev/${kind}/${encodeURIComponent(id)}`, body),
    onCancel: () => setEdited(undefined),
  });
  return (
    <Screen title="People, applications and APIs" lead={lead}>
      <Group title="Personas" action="New persona" isOpen={edited === "new persona"} onOpen={() => edit("new persona")}>
        {edited === "new persona" && (
          <li class="card">
            <PersonaForm {...toForm("personas")} />
          </li>
        )}
        {tenant.personas.map((persona) => (
          <li key={persona.id} class="card">
            <PersonaCard
              persona={persona}
              isOpen={edited === persona.id}
              onEdit={() => edit(persona.id)}
              onRemoved={reload}
            />
            {edited === persona.id && <PersonaForm persona={persona} {...toForm("personas")} />}
          </li>
        ))}
      </Group>
      <Group
        title="Applications"
        action="New application"
        isOpen={edited === "new client"}
        onOpen={() => edit("new client")}
      >
        {edited === "new client" && (
          <li class="card">
            <ClientForm {...toForm("clients")} />
          </li>
        )}
        {tenant.clients.map((client) => (
          <li key={client.id} class="card">
            <ClientCard
              client={client}
              isOpen={edited === `client ${client.id}`}
              onEdit={() => edit(`client ${client.id}`)}
              onRemoved={reload}
            />
            {edited === `client ${client.id}` && <ClientForm client={client} {...toForm("clients")} />}
          </li>
        ))}
      </Group>
      <Group title="APIs">
        {tenant.apis.map((api) => (
          <ApiCard
            key={api.audience}
            api={api}
            algorithms={keys.value?.algorithms ?? [api.signingAlgorithm]}
            onChanged={reload}
          />
        ))}
      </Group>
    </Screen>
  );
}

interface GroupProps {
  readonly title: string;
  readonly action?: string;
  readonly isOpen?: boolean;
  readonly onOpen?: () => void;
  readonly children: ComponentChildren;
}

function Group({ action, children, isOpen, onOpen, title }: GroupProps) {
  return (
    <section class="people-group" aria-label={title}>
      <div class="bar">
        <h2>{title}</h2>
        <span class="gap" />
        {action && (
          <button type="button" class="quiet" aria-expanded={isOpen} onClick={onOpen}>
            {action}
          </button>
        )}
      </div>
      <ul class="people">{children}</ul>
    </section>
  );
}

interface CardProps {
  readonly isOpen: boolean;
  readonly onEdit: () => void;
  readonly onRemoved: () => Promise<void>;
}

function PersonaCard({ isOpen, onEdit, onRemoved, persona }: CardProps & { readonly persona: Persona }) {
  const { email, id, name, organization, permissions, roles } = persona;
  return (
    <>
      <div class="bar">
        <span class="face" aria-hidden="true">
          {name.slice(0, 1)}
        </span>
        <div class="name">
          <h3>{name}</h3>
          <p class="soft">
            <code>{id}</code> {email}
          </p>
        </div>
        <span class="gap" />
        <CardButtons
          name={name}
          path={`/dev/personas/${encodeURIComponent(id)}`}
          note="Its sessions and refresh tokens end, and applications are told."
          {...{ isOpen, onEdit, onRemoved }}
        />
      </div>
      <p class="chips">
        {organization && <Chip>{organization}</Chip>}
        {roles.map((role) => (
          <Chip key={role} tone="strong">
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

interface CardButtonsProps extends CardProps {
  readonly name: string;
  readonly path: string;
  /** What else ends. */
  readonly note: string;
}

function CardButtons({ name, path, note, isOpen, onEdit, onRemoved }: CardButtonsProps) {
  return (
    <span class="buttons">
      <button type="button" class="quiet" aria-expanded={isOpen} aria-label={`Edit ${name}`} onClick={onEdit}>
        Edit
      </button>
      <RemoveButton name={name} path={path} note={note} onDone={onRemoved} />
    </span>
  );
}

function ClientCard({ client, isOpen, onEdit, onRemoved }: CardProps & { readonly client: Client }) {
  const { confidential, grants, id, name, permissions = [] } = client;
  return (
    <>
      <div class="bar">
        <div class="name">
          <h3>{name}</h3>
          <p class="soft">
            <code>{id}</code> · {confidential ? "keeps a secret" : "public"}
          </p>
        </div>
        <span class="gap" />
        <CardButtons
          name={name}
          path={`/dev/clients/${encodeURIComponent(id)}`}
          note="Its grants, refresh tokens and streams of signals end."
          {...{ isOpen, onEdit, onRemoved }}
        />
      </div>
      <p class="chips">
        {grants.map((grant) => (
          <Chip key={grant}>{grant}</Chip>
        ))}
        {grants.length === 0 && <Chip>asks for no tokens</Chip>}
        {permissions.map((permission) => (
          <Chip key={permission} tone="accent">
            {permission}
          </Chip>
        ))}
      </p>
    </>
  );
}
