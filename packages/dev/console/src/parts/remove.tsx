// Removes a persona or an application, after a question.
import { useId, useRef, useState } from "preact/hooks";
import { call, toMessage } from "../client.js";
import { Problem } from "./basics.js";

interface RemoveProps {
  readonly name: string;
  /** The path of the call that removes it. */
  readonly path: string;
  /** What ends with it. */
  readonly note: string;
  readonly onDone: () => Promise<void>;
}

export function RemoveButton({ name, note, onDone, path }: RemoveProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const open = () => {
    setProblem(undefined);
    dialog.current?.showModal();
  };
  const remove = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    try {
      await call("DELETE", path);
      dialog.current?.close();
      await onDone();
      // The button that had the focus is gone with its card.
      document.querySelector("h1")?.focus();
    } catch (error) {
      setProblem(toMessage(error));
    }
    setBusy(false);
  };
  return (
    <>
      <button type="button" class="plain" aria-label={`Remove ${name}`} onClick={open}>
        Remove
      </button>
      <dialog ref={dialog} aria-labelledby={id}>
        <form onSubmit={remove}>
          <h2 id={id}>Remove {name}?</h2>
          <p class="soft">{note} A reset of the tenant brings back what its configuration has.</p>
          {problem && <Problem>{problem}</Problem>}
          <div class="buttons end">
            <button type="button" class="quiet tall" onClick={() => dialog.current?.close()}>
              Cancel
            </button>
            <button type="submit" class="action" disabled={isBusy}>
              Remove
            </button>
          </div>
        </form>
      </dialog>
    </>
  );
}
