// The small parts that all screens are made of.
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";

interface Children {
  readonly children: ComponentChildren;
}

export function Screen({ title, lead, children }: Children & { title: string; lead: ComponentChildren }) {
  return (
    <>
      <header class="lead">
        <h1 tabIndex={-1}>{title}</h1>
        <p>{lead}</p>
      </header>
      {children}
    </>
  );
}

export function Problem({ children, onRetry }: Children & { onRetry?: () => void }) {
  return (
    <div class="problem" role="alert">
      <p>{children}</p>
      {onRetry && (
        <button type="button" class="quiet" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}

/** Holds the place of what is being loaded. */
export function Loading({ lines = 3 }: { readonly lines?: number }) {
  return (
    <div class="loading" role="status">
      <span class="unseen">Loading</span>
      {Array.from({ length: lines }, (_, index) => (
        <span key={index} aria-hidden="true" />
      ))}
    </div>
  );
}

/** The colour says what the number says: fine, not let in, not allowed, or broken. */
export function Status({ code }: { readonly code: number }) {
  return <span class={`status ${toTone(code)}`}>{code}</span>;
}

export function toTone(code: number): string {
  if (code < 400) return "good";
  return code === 401 ? "warn" : "bad";
}

export function Chip({ tone = "", children }: Children & { tone?: string }) {
  return <span class={`chip ${tone}`}>{children}</span>;
}

interface CopyProps {
  readonly text: string;
  readonly label?: string;
  /** The whole name, where the label alone says too little. Must contain the label. */
  readonly said?: string;
}

export function CopyButton({ text, label = "Copy", said = label }: CopyProps) {
  const [isDone, setDone] = useState(false);
  useEffect(() => {
    if (!isDone) return undefined;
    const timer = setTimeout(() => setDone(false), 1600);
    return () => clearTimeout(timer);
  }, [isDone]);
  const copy = () =>
    navigator.clipboard?.writeText(text).then(
      () => setDone(true),
      () => undefined,
    );
  return (
    <>
      <button type="button" class={`quiet copy ${isDone ? "done" : ""}`} aria-label={said} onClick={copy}>
        {label}
        <span aria-hidden="true">{isDone && " ✓"}</span>
      </button>
      <span class="unseen" role="status">
        {isDone ? "Copied to the clipboard" : ""}
      </span>
    </>
  );
}

interface TabsProps {
  readonly label: string;
  readonly names: readonly string[];
  readonly chosen: string;
  readonly onChoose: (name: string) => void;
  readonly children: ComponentChildren;
}

/** Arrow keys move between the tabs (WAI-ARIA tabs pattern). */
export function Tabs({ label, names, chosen, onChoose, children }: TabsProps) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = (names.indexOf(chosen) + step + names.length) % names.length;
    onChoose(names[next] ?? chosen);
    list.current?.querySelectorAll("button")[next]?.focus();
  };
  return (
    <div class="tabs">
      <div class="tablist" role="tablist" aria-label={label} ref={list} onKeyDown={move}>
        {names.map((name) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`${id}-${name}`}
            aria-selected={name === chosen}
            aria-controls={`${id}-panel`}
            tabIndex={name === chosen ? 0 : -1}
            onClick={() => onChoose(name)}
          >
            {name}
          </button>
        ))}
      </div>
      <div id={`${id}-panel`} role="tabpanel" aria-labelledby={`${id}-${chosen}`}>
        {children}
      </div>
    </div>
  );
}

/** Code that scrolls on its own, and that the keyboard reaches. */
export function Code({ label, text, children }: { label: string; text?: string; children?: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable (WCAG 2.1.1)
    <section class="code" aria-label={label} tabIndex={0}>
      <pre>{children ?? text}</pre>
    </section>
  );
}
