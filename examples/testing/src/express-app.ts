// The API with Express, and the page that calls it.
import express, { type Express } from "express";
import { type Guard, permission } from "gatewarden";
import { protect } from "gatewarden/express";

/** Not listening yet. */
export function buildApp(guard: Guard): Express {
  const app = express();
  app.get("/", (_request, response) => void response.type("html").send(page));
  app.get("/api/me", protect(guard), (request, response) => void response.json({ user: request.auth.subject }));
  app.get("/api/orders", protect(guard, permission("read:orders")), (_request, response) => {
    response.json({ orders: ["A-1", "A-2"] });
  });
  return app;
}

/** Keeps its access token where its login put it, and shows what the API answers. */
const page = `<!doctype html>
<html lang="en">
  <title>Orders</title>
  <button type="button">Load orders</button>
  <output></output>
  <script type="module">
    const messages = { 401: "Please log in again", 403: "You may not see orders" };
    document.querySelector("button").addEventListener("click", async () => {
      const authorization = "Bearer " + sessionStorage.getItem("access_token");
      const response = await fetch("/api/orders", { headers: { authorization } });
      const text = response.ok ? (await response.json()).orders.join(", ") : messages[response.status];
      document.querySelector("output").textContent = text;
    });
  </script>
</html>`;
