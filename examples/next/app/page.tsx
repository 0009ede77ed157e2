// Shows who is logged in. What the page shows depends on the token; what it may change is checked in actions.ts.
import { AuthError } from "gatewarden";
import { attemptPage } from "gatewarden/next";
import { guard } from "@/guard";
import { notes } from "@/notes";
import { ActionForm } from "./action-form";
import { addNote, clearNotes, signIn, signOut } from "./actions";

export default async function Page() {
  const auth = await attemptPage(guard);
  if (auth instanceof AuthError) {
    return (
      <main>
        <h1>Not logged in</h1>
        <p>The check says: {auth.reason}</p>
        <ActionForm action={signIn} label="Log in">
          <input name="token" aria-label="Access token" placeholder="An access token" required autoComplete="off" />
        </ActionForm>
      </main>
    );
  }
  return (
    <main>
      <h1>Logged in as {auth.subject}</h1>
      <p>Permissions: {auth.permissions.join(", ") || "none"}</p>
      <ul>
        {notes.map(({ id, by, text }) => (
          <li key={id}>
            {text} <small>{by}</small>
          </li>
        ))}
      </ul>
      <ActionForm action={addNote} label="Add the note">
        <input name="text" aria-label="Note" placeholder="A note" required maxLength={200} />
      </ActionForm>
      <ActionForm action={clearNotes} label="Clear all notes" />
      <form action={signOut}>
        <button type="submit">Log out</button>
      </form>
    </main>
  );
}
