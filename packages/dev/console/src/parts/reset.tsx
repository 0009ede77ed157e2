// The way back to the state in which the tenant started, after a question.
import { useId, useRef, useState } from "preact/hooks";
import { call, toMessage } from "../client.js";
import { Problem } from "./basics.js";

const parts: readonly (readonly [part: string, label: string, note: string])[] = [
  ["faults", "Faults", "all are switched off"],
  ["people", "People, applications and APIs", "back to the configuration"],
  ["keys", "Keys", "those that the tenant started with; tokens of later keys fail"],
  ["sessions", "Sessions", "all logins, grants and streams of signals end"],
];
const all = parts.map(([part]) => part);

export function ResetButton({ onDone }: { readonly onDone: () => Promise<void> }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  const [chosen, setChosen] = useState<readonly string[]>(all);
  const [problem, setProblem] = useState<string>();
  const open = () => {
    setChosen(all);
    setProblem(undefined);
    dialog.current?.showModal();
  };
  const toggle = (part: string) =>
    setChosen(chosen.includes(part) ? chosen.filter((one) => one !== part) : [...chosen, part]);
  const reset = async (event: Event) => {
    event.preventDefault();
    try {
      await call("POST", "/dev/reset", { parts: chosen });
      dialog.current?.close();
      await onDone();
    } catch (error) {
      setProblem(toMessage(error));
    }
  };
  return (
    <>
      <button type="button" class="plain" onClick={open}>
        Reset the tenant…
      </button>
      <dialog ref={dialog} aria-labelledby={id}>
        <form onSubmit={reset}>
          <h2 id={id}>Reset the tenant</h2>
          <p class="soft">It returns to the state in which it started. Files stay as they are.</p>
          <div class="options">
            {parts.map(([part, label, note]) => (
              <label key={part}>
                <input type="checkbox" checked={chosen.includes(part)} onChange={() => toggle(part)} />
                <span>
                  {label}
                  <small>{note}</small>
                </span>
              </label>
            ))}
          </div>
          {problem && <Problem>{problem}</Problem>}
          <div class="buttons end">
            <button type="button" class="quiet tall" onClick={() => dialog.current?.close()}>
              Cancel
            </button>
            <button type="submit" class="action" disabled={chosen.length === 0}>
              Reset
            </button>
          </div>
        </form>
      </dialog>
    </>
  );
}
