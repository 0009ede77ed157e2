// What Next.js passes after the request comes after `auth`.
import { protect } from "gatewarden/fetch";
import { guard } from "@/guard";
import { notes } from "@/notes";

export const GET = protect(guard, async (_request, _auth, { params }: RouteContext<"/api/notes/[id]">) => {
  const { id } = await params;
  const note = notes.find((one) => one.id === id);
  return note ? Response.json(note) : Response.json({ message: "There is no such note" }, { status: 404 });
});
