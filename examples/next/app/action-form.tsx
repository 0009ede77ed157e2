"use client";
// A form whose action may be refused: the refusal is the action's result, and the page shows it.
import type { ActionRefusal } from "gatewarden/next";
import { type ReactNode, useActionState } from "react";

interface ActionFormProps {
  readonly action: (state: unknown, form: FormData) => Promise<ActionRefusal | undefined>;
  readonly label: string;
  readonly children?: ReactNode;
}

export function ActionForm({ action, label, children }: ActionFormProps) {
  const [state, submit, isPending] = useActionState(action, undefined);
  return (
    <form action={submit}>
      {children}
      <button type="submit" disabled={isPending}>
        {label}
      </button>
      {state && (
        <p role="alert">
          {state.refusal.status} {state.refusal.reason}: {state.refusal.error_description}
        </p>
      )}
    </form>
  );
}
