"use server";
// Server actions. Each is a POST that anyone can send to any page, so each has a check of its own.
import { randomUUID } from "node:crypto";
import { AuthError, permission } from "gatewarden";
import { protectAction } from "gatewarden/next";
import { revalidatePath } from "next/cache";
import { cookies } from "next/headers";
import { guard, readCookie } from "@/guard";
import { notes } from "@/notes";

/** Takes a valid token, and keeps it in the cookie until it expires. */
export async function signIn(_state: unknown, form: FormData) {
  const value = String(form.get("token")).trim();
  try {
    const { expiresAt } = await guard.verify(value);
    (await cookies()).set({ ...readCookie(), value, expires: new Date(expiresAt * 1000) });
  } catch (error) {
    if (!(error instanceof AuthError)) throw error;
    return { refusal: { ...guard.refusal(error).body, status: error.status } };
  }
  revalidatePath("/");
  return undefined;
}

export async function signOut() {
  (await cookies()).delete(readCookie().name);
  revalidatePath("/");
}

export const addNote = protectAction(guard, async ({ subject }, _state: unknown, form: FormData) => {
  notes.push({ id: randomUUID(), by: subject ?? "unknown", text: String(form.get("text")).slice(0, 200) });
  revalidatePath("/");
  return undefined;
});

export const clearNotes = protectAction(guard, permission("read:admin"), async () => {
  notes.length = 0;
  revalidatePath("/");
  return undefined;
});
