// The short pages: an error, a logout, its confirmation.
import { html, SafeHtml } from "./html.js";
import { renderLayout } from "./layout.js";

/** A login error that cannot be sent back to the application. */
export function renderErrorPage(error: string, reasons: readonly (string | undefined)[]): string {
  return renderLayout(
    "The login stopped",
    html`<h1>The login stopped</h1>
<dl class="request"><dt>Error</dt><dd><code>${error}</code></dd>
<dt>Reason</dt><dd>${reasons.filter((reason) => reason !== undefined).join(": ")}</dd></dl>
<footer>Start again from your application.</footer>`,
  );
}

/**
 * Asks whether to log out. `form` is the provider's own form, already HTML. An application that
 * sent its ID token has proven that the session is its own, so the form then submits itself, as at
 * Auth0.
 */
export function renderLogoutPage(form: string, isProven: boolean): string {
  return renderLayout(
    "Log out",
    html`<h1>Log out of the local tenant?</h1>
<p>Your personas stay; only this browser's session ends.</p>
${new SafeHtml(form)}
<button class="action" type="submit" form="op.logoutForm" name="logout" value="yes" autofocus>Log out</button>
${isProven && new SafeHtml(`<script>document.querySelector("button.action").click()</script>`)}`,
  );
}

export function renderLoggedOutPage(): string {
  return renderLayout("Logged out", html`<h1>You are logged out</h1><p>You can close this page.</p>`);
}
