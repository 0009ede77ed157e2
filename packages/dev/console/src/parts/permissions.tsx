// The permissions that an API defines, to choose from.

interface PermissionsProps {
  readonly legend: string;
  readonly known: readonly string[];
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}

export function Permissions({ chosen, known, legend, onChange }: PermissionsProps) {
  // One that no API defines any more is shown too, so that it can be taken away.
  const all = [...new Set([...known, ...chosen])];
  return (
    <fieldset>
      <legend>{legend}</legend>
      {all.length === 0 && <p class="soft">No API of this tenant defines any.</p>}
      <div class="checks">
        {all.map((name) => (
          <label key={name}>
            <input type="checkbox" checked={chosen.includes(name)} onChange={() => onChange(toggle(chosen, name))} />
            <code>{name}</code>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

export function toggle(list: readonly string[], name: string): readonly string[] {
  return list.includes(name) ? list.filter((one) => one !== name) : [...list, name];
}
