// The code of a reason or of a fault: a link where the documentation has an address, else the
// catalogue's own text.
import { createContext } from "preact";
import { useContext, useId, useState } from "preact/hooks";
import { catalogue } from "../../../../gatewarden/src/reasons.js";
import { type CodeKind, useMeaning } from "../meaning.js";
import { toMarked } from "./text.js";

/** The address of the documentation, which ends in a slash. Undefined where none is configured. */
export const Documentation = createContext<string | undefined>(undefined);

interface CodeProps {
  readonly code: string;
  /** Default: a reason. */
  readonly kind?: CodeKind;
}

/** Only what has a page: APIs of other libraries answer with codes of their own. */
function usePage({ code, kind = "reasons" }: CodeProps): string | undefined {
  const address = useContext(Documentation);
  const isKnown = kind === "reasons" ? Object.hasOwn(catalogue, code) : /^[a-z][a-z\d-]*$/.test(code);
  return address !== undefined && isKnown ? `${address}${kind}/${code}` : undefined;
}

/** For places that say themselves what it means. */
export function CodeName(props: CodeProps) {
  const page = usePage(props);
  const code = <code>{props.code}</code>;
  if (page === undefined) return code;
  return (
    <a class="reason-link" href={page} target="_blank" rel="noreferrer">
      {code}
    </a>
  );
}

/** For places that name it already: nothing where it has no page. */
export function CodeLink(props: CodeProps) {
  return usePage(props) === undefined ? null : <CodeName {...props} />;
}

/** For places that only name it. */
export function CodeText({ code, kind = "reasons" }: CodeProps) {
  const page = usePage({ code, kind });
  const id = useId();
  const [isOpen, setOpen] = useState(false);
  const meaning = useMeaning(kind, code, isOpen);
  if (page !== undefined) return <CodeName code={code} kind={kind} />;
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
        <span class="reason-text" id={id}>
          {meaning ? (
            <>
              {toMarked(meaning.cause)} <b>Fix:</b> {toMarked(meaning.fix)}
            </>
          ) : (
            "…"
          )}
        </span>
      )}
    </>
  );
}
