// A reason's code: a link where the documentation has an address, else the catalogue's own text.
import { createContext } from "preact";
import { useContext, useId, useState } from "preact/hooks";
import { useAdvice } from "../advice.js";
import { toMarked } from "./text.js";

/** The address of the documentation, which ends in a slash. Undefined where none is configured. */
export const Documentation = createContext<string | undefined>(undefined);

/** For places that show cause and fix themselves. */
export function ReasonName({ code }: { readonly code: string }) {
  const address = useContext(Documentation);
  if (address === undefined || !/^[a-z][a-z_]*$/.test(code)) return <code>{code}</code>;
  return (
    <a class="reason-link" href={`${address}reasons/${code}`} target="_blank" rel="noreferrer">
      <code>{code}</code>
    </a>
  );
}

/** For places that name it already: nothing where no documentation is configured. */
export function ReasonLink({ code }: { readonly code: string }) {
  return useContext(Documentation) === undefined ? null : <ReasonName code={code} />;
}

/** For places that only name it. */
export function ReasonText({ code }: { readonly code: string }) {
  const address = useContext(Documentation);
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  const advice = useAdvice(code, isOpen);
  if (address !== undefined) return <ReasonName code={code} />;
  return (
    <>
      <button
        type="button"
        class="reason-link"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        onClick={() => setOpen(!isOpen)}
      >
        <code>{code}</code>
      </button>
      {isOpen && (
        <p class="reason-text" id={id}>
          {advice ? (
            <>
              {toMarked(advice.cause)} <b>Fix:</b> {toMarked(advice.fix)}
            </>
          ) : (
            "…"
          )}
        </p>
      )}
    </>
  );
}
